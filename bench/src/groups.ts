import { add, compile, grad, gradients, parameter, toVariable, type Variable } from '@reparam/autograd';
import { adam } from '@reparam/nn';
import {
  scalarFunctions as f,
  input,
  map,
  matmul,
  normal,
  RandomKey,
  reduce,
  referenceBackend,
  type Tensor,
} from '@reparam/tensor';
import { Vae } from '@reparam/vae';
import { naiveMatmul } from './naive.ts';
import type { Case, Group } from './suite.ts';

const key = RandomKey.fromSeed(1);

function matmulGroup(rows: number, inner: number, columns: number): Group {
  const a = normal(key.foldIn(0), [rows, inner]);
  const b = normal(key.foldIn(1), [inner, columns]);
  const transposed = b.transpose().contiguous();
  const work = 2 * rows * inner * columns;
  return {
    title: `matmul ${rows}×${inner}×${columns}`,
    unit: 'flop',
    cases: [
      { name: 'naive three loops', work, run: () => naiveMatmul(a, b) },
      { name: 'reference backend', work, run: () => referenceBackend.matmul(a, b) },
      { name: 'matmul', work, run: () => matmul(a, b) },
      { name: 'matmul, b transposed', work, run: () => matmul(a, transposed, { transposeB: true }) },
    ],
  };
}

function elementwiseGroup(): Group {
  const shape = [512, 512];
  const [x, y, row] = [
    normal(key.foldIn(2), shape),
    normal(key.foldIn(3), shape),
    normal(key.foldIn(4), [512]),
  ];
  const work = x.size;
  const formulas = {
    exp: f.exp,
    log1p: f.log1p,
    tanh: f.tanh,
    sigmoid: f.sigmoid,
    softplus: f.softplus,
  } as const;
  const [a, b] = [input(0), input(1)];
  const positive = map(f.abs(a), [x]);
  const cases: Case[] = [
    { name: 'add', work, run: () => map(f.add(a, b), [x, y]) },
    { name: 'add a row', work, run: () => map(f.add(a, b), [x, row]) },
    { name: 'multiply', work, run: () => map(f.multiply(a, b), [x, y]) },
    ...Object.entries(formulas).map(([name, formula]) => ({
      name,
      work,
      run: () => map(formula(a), [positive]),
    })),
    { name: 'sum', work, run: () => reduce('sum', x) },
    { name: 'sum of columns', work, run: () => reduce('sum', x, { axes: 0 }) },
  ];
  return { title: 'elementwise and reductions, 512×512', unit: 'element', cases };
}

function gradientGroup(): Group {
  const x = parameter(normal(key.foldIn(5), [128, 256]));
  const chain = (z: Variable): Variable => z.mul(0.5).tanh().mul(z).exp().add(1).log().sum();
  const gradient = grad(chain);
  const constant = toVariable(x.value);
  return {
    title: 'chain mul-tanh-mul-exp-add-log-sum, 128×256',
    unit: 'element',
    cases: [
      { name: 'value alone', work: x.size, run: () => chain(constant) },
      { name: 'value and gradient', work: x.size, run: () => gradient(x.value) },
    ],
  };
}

/** What an operation costs beyond its arithmetic: tensors so small that there is hardly any. */
function overheadGroup(): Group {
  const length = 16;
  const adds = 1000;
  const x = parameter(normal(key.foldIn(8), [length]));
  const leaf = parameter(normal(key.foldIn(9), [length]));
  const constant = toVariable(leaf.value);
  const cotangent = toVariable(normal(key.foldIn(10), [length]));
  const chain = (start: Variable, term: Variable): Variable => {
    let y = start;
    for (let i = 0; i < adds; i++) y = add(y, term);
    return y;
  };
  const recorded = chain(x, constant);
  const shared = chain(x, leaf);
  return {
    title: `chain of ${adds} adds of length ${length}`,
    unit: 'operation',
    cases: [
      { name: 'unrecorded', work: adds, run: () => chain(toVariable(x.value), constant) },
      { name: 'recorded', work: adds, run: () => chain(x, constant) },
      { name: 'backward', work: adds, run: () => gradients(recorded, [x], { cotangent }) },
      {
        name: 'backward, also adding up the gradient of the other term',
        work: adds,
        run: () => gradients(shared, [x, leaf], { cotangent }),
      },
    ],
  };
}

function trainingGroup(): Group {
  const batch = 128;
  const x = normal(key.foldIn(6), [batch, 784]).contiguous();
  const images: Tensor = map(f.less(input(0), input(1)), [x, normal(key.foldIn(7), [batch, 784])]);
  const vae = new Vae({ features: 784, latent: 20, hidden: [400] }, key);
  const optimizer = adam(vae.namedParameters());
  const parameters = vae.parameters();
  // A product and its two adjoints for each weight; the first layer needs no gradient for its input.
  const weights = parameters.filter(({ rank }) => rank === 2);
  const work =
    weights.reduce((total, { size }) => total + 6 * batch * size, 0) - 2 * batch * weights[0]!.size;
  let step = 0;
  const train = (x: Tensor, stepKey: RandomKey): void => {
    const { loss } = vae.elbo(x, stepKey);
    optimizer.step(gradients(loss, parameters).map(({ value }) => value));
  };
  const compiled = compile(train);
  return {
    title: 'VAE 784-400-20-400-784, batch 128',
    unit: 'flop',
    cases: [
      { name: 'forward', work: work / 3, run: () => vae.elbo(images, key.foldIn(step++)) },
      {
        name: 'step: forward, backward, Adam',
        work,
        run: () => train(images, key.foldIn(step++)),
      },
      { name: 'step, compiled', work, run: () => compiled(images, key.foldIn(step++)) },
    ],
  };
}

/** Everything that `npm run bench` measures; groups are made when their turn comes. */
export const groups: readonly (() => Group)[] = [
  () => matmulGroup(128, 784, 400),
  () => matmulGroup(512, 512, 512),
  elementwiseGroup,
  gradientGroup,
  overheadGroup,
  trainingGroup,
];
