import { type Kernel, kernelFunction } from '../kernel.ts';
import { type Epilogue, returnText } from './matmul-epilogue.ts';
import { type MatmulLayout, productSize } from './matmul-layout.ts';
import { matmulText } from './matmul-text.ts';

/** One thread an element, one step of the sum a round: 2 loads for each multiplication. */
export function naiveMatmul(layout: MatmulLayout, operands = 2, epilogue?: Epilogue): Kernel {
  const { statements, term } = matmulText(layout);
  const body = `${statements.join('\n')}
let sum = 0;
for (let k = 0; k < ${layout.inner}; k++) {
  sum = sum + ${term('k')};
}
${returnText(epilogue)}`;
  return {
    name: 'matmul naive',
    source: kernelFunction(operands, body),
    size: productSize(layout),
    operands,
  };
}
