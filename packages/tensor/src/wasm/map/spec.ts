import { ArgumentError } from '../../errors.ts';
import { type Expression, inputCount } from '../../expression/expression.ts';
import { unsupportedPart } from './coverage.ts';

/**
 * How an input lies along the columns: 'vector' next to each other, 'scalar' one value for the whole row, 'strided'
 * any number of bytes apart. From row to row all inputs step as they like, also not at all.
 */
export type InputMode = 'vector' | 'scalar' | 'strided';

export type MapReduction = 'sum' | 'maximum' | 'minimum';

/** What is reduced: 'columns' leaves one value for each row, 'rows' one for each column, 'all' a single one. */
export type ReducedExtent = 'columns' | 'rows' | 'all';

export interface StoredOutput {
  readonly expression: Expression;
  readonly kind: 'store';
}

export interface ReducedOutput {
  readonly expression: Expression;
  readonly kind: MapReduction;
  readonly over: ReducedExtent;
}

export type MapOutput = StoredOutput | ReducedOutput;

/** A fused kernel over a matrix of positions: what it reads, and the formulas of input(0), input(1), … it computes. */
export interface MapSpec {
  readonly inputs: readonly InputMode[];
  readonly outputs: readonly MapOutput[];
}

/** An output that tiles of the matrix leave in parts, to be combined. */
export interface PartialOutput extends ReducedOutput {
  readonly over: 'rows' | 'all';
}

export function leavesPartials(output: MapOutput): output is PartialOutput {
  return output.kind !== 'store' && output.over !== 'columns';
}

/** Two specifications with the same key are the same kernel. Formulas are interned, so their ids say it all. */
export function specKey({ inputs, outputs }: MapSpec): string {
  const written = outputs.map((output) =>
    output.kind === 'store'
      ? `${output.expression.id}`
      : `${output.expression.id} ${output.kind} ${output.over}`,
  );
  return `${inputs.join(',')};${written.join(',')}`;
}

export function reducesOver({ outputs }: MapSpec, extent: ReducedExtent): boolean {
  return outputs.some((output) => output.kind !== 'store' && output.over === extent);
}

/** @throws ArgumentError for what cannot be one kernel. */
export function checkSpec(spec: MapSpec): void {
  const fail = (argument: string, value: unknown, explanation: string): never => {
    throw new ArgumentError('mapKernel', argument, value, explanation);
  };
  spec.outputs.forEach(({ expression }, index) => {
    const part = unsupportedPart(expression);
    if (part !== undefined) {
      fail(
        `outputs[${index}]`,
        expression,
        `outputs[${index}] needs ${part}, for which there are no vector instructions. The reference backend has it.`,
      );
    }
    const needed = inputCount(expression);
    if (needed > spec.inputs.length) {
      fail(
        `outputs[${index}]`,
        expression,
        `outputs[${index}] reads ${needed} inputs, but inputs lists the modes of ${spec.inputs.length}.`,
      );
    }
  });
  if (reducesOver(spec, 'columns') && reducesOver(spec, 'rows')) {
    fail(
      'outputs',
      spec.outputs,
      "outputs reduce over 'columns' and over 'rows', which walk through memory in different orders. Make two kernels.",
    );
  }
}
