import { type Kernel, kernelFunction } from '../kernel.ts';
import { type Epilogue, returnText } from './matmul-epilogue.ts';
import { type MatmulLayout, productSize } from './matmul-layout.ts';
import { matmulText } from './matmul-text.ts';

const steps = 4;

/** As the naive kernel, but four steps of the sum a round, added up among themselves first. */
export function unrolledMatmul(layout: MatmulLayout, operands = 2, epilogue?: Epilogue): Kernel {
  const { statements, term } = matmulText(layout);
  const { inner } = layout;
  const whole = inner - (inner % steps);
  const four = Array.from({ length: steps }, (_, i) => term(i === 0 ? 'k' : `(k + ${i})`));
  const rest = Array.from({ length: inner - whole }, (_, i) => `sum = sum + ${term(String(whole + i))};`);
  const body = `${statements.join('\n')}
let sum = 0;
for (let k = 0; k < ${whole}; k += ${steps}) {
  sum = sum + ((${four[0]} + ${four[1]}) + (${four[2]} + ${four[3]}));
}
${rest.join('\n')}
${returnText(epilogue)}`;
  return {
    name: 'matmul unrolled',
    source: kernelFunction(operands, body),
    size: productSize(layout),
    operands,
  };
}
