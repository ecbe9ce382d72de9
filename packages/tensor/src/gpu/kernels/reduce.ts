import type { Reduction } from '../../backend/backend.ts';
import { coalesce } from '../../backend/reference/iterate.ts';
import { type Expression, input } from '../../expression/expression.ts';
import { type Shape, sizeOf } from '../../shape.ts';
import { type Kernel, kernelFunction, operandName } from '../kernel.ts';
import { writeFormula } from '../source/formula.ts';
import { coordinateTexts, sumText } from '../source/positions.ts';
import type { OperandView } from './map.ts';

const foldings: Readonly<Record<Reduction, { readonly start: string; readonly fold: string }>> = {
  sum: { start: '0', fold: 'total = total + value;' },
  product: { start: '1', fold: 'total = total * value;' },
  maximum: { start: '-infinite(0)', fold: 'total = larger(total, value);' },
  minimum: { start: 'infinite(0)', fold: 'total = smaller(total, value);' },
};

/** What is added up: a formula over views of one shape, whose axes are told apart into those kept and those reduced. */
export interface Reducing {
  readonly kind: Reduction;
  readonly expression: Expression;
  readonly shape: Shape;
  readonly axes: readonly number[];
  readonly views: readonly OperandView[];
  readonly operands: number;
}

/** From how many elements on a reduction is done in two stages, and about how many the threads of the first fold. */
export const twoStages = { from: 1024, each: 128 } as const;

/**
 * One thread for each result; with `parts` above 1 as many for each, which fold neighbouring stretches of what is
 * reduced, [...kept, parts]. Partial sums keep the error of a long sum small.
 */
export function reduceKernel(reducing: Reducing, parts = 1): Kernel {
  const { kind, expression, shape, axes, views, operands } = reducing;
  const pick = (all: readonly number[], reduced: boolean): number[] =>
    all.filter((_, axis) => axes.includes(axis) === reduced);
  const [outer, inner] = [false, true].map((reduced) =>
    coalesce(
      pick(shape, reduced),
      views.map(({ strides }) => pick(strides, reduced)),
    ),
  ) as [ReturnType<typeof coalesce>, ReturnType<typeof coalesce>];
  const count = sizeOf(pick(shape, true));
  const each = Math.ceil(count / parts);
  const kept = parts === 1 ? 'this.thread.x' : `quotient(this.thread.x, ${parts})`;
  const number = parts === 1 ? 'k' : `remainder(this.thread.x, ${parts}) * ${each} + k`;
  // A product inside of a quotient has to be in brackets, as has a sum.
  const coordinates = [
    ...coordinateTexts(outer.shape, kept),
    ...coordinateTexts(inner.shape, parts === 1 ? number : `(${number})`),
  ];
  const strides = views.map((_, k) => [...outer.strides[k]!, ...inner.strides[k]!]);
  const { statements, result } = writeFormula(expression, (index) => {
    const terms = strides[index]!.map((factor, axis) => ({ text: coordinates[axis]!, factor }));
    const { operand, offset } = views[index]!;
    return `${operandName(operand)}[${sumText(offset, terms)}]`;
  });
  const { start, fold } = foldings[kind];
  const step = [...statements, `const value = ${result};`, fold].join('\n    ');
  const guarded = parts * each === count ? step : `if (${number} < ${count}) {\n    ${step}\n    }`;
  const body = `let total = ${start};
  for (let k = 0; k < ${each}; k++) {
    ${guarded}
  }
  return total;`;
  return {
    name: `reduce ${kind}`,
    source: kernelFunction(operands, body),
    size: sizeOf(pick(shape, false)) * parts,
    operands,
  };
}

/** The second stage: what the first has left, [results, parts]. */
export function combineKernel(kind: Reduction, results: number, parts: number): Kernel {
  const views = [{ operand: 0, shape: [results, parts], strides: [parts, 1], offset: 0 }];
  return reduceKernel({
    kind,
    expression: input(0),
    shape: [results, parts],
    axes: [1],
    views,
    operands: 1,
  });
}
