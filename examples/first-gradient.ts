// Fit a line to four points by gradient descent.
import { parameter, toVariable } from '@reparam/autograd';
import { tensor } from '@reparam/tensor';

const x = tensor([0, 1, 2, 3]);
const y = tensor([1, 3, 5, 7]);
const slope = parameter(0, 'slope');
const offset = parameter(0, 'offset');

for (let step = 0; step < 400; step++) {
  const error = slope.mul(x).add(offset).sub(y).square().mean();
  error.backward();
  for (const each of [slope, offset]) {
    each.assign(toVariable(each.value).sub(toVariable(each.grad!).mul(0.1)).value);
    each.clearGrad();
  }
}
console.log(`slope ${slope.item().toFixed(3)}, offset ${offset.item().toFixed(3)}`);
// → slope 2.000, offset 1.000
