import { full, sameShape, tensor } from '@reparam/tensor';
import type { Kink, OperationRecord, Sample } from '../operation.ts';
import { add } from '../ops/elementwise.ts';
import { Variable } from '../variable.ts';

/** An operation's own samples, and those that its kind implies. */
export function samplesOf(operation: OperationRecord): readonly Sample[] {
  if (operation.kind !== 'elementwise') return operation.samples;
  const several = operation.samples.filter(({ inputs }) => inputs.length > 1);
  return [
    ...operation.samples,
    ...several.flatMap(broadcastSamples),
    ...several.flatMap(constantSamples),
    ...operation.kinks.flatMap(samplesBeside),
  ];
}

/**
 * Each operand in turn as a scalar beside vectors. All elements are those of the sample's first point, so that they
 * stay in the domain and away from kinks, whatever these are.
 */
function broadcastSamples({ run, inputs }: Sample): Sample[] {
  return inputs.map((_, scalar) => ({
    run,
    inputs: inputs.map((x, i) => {
      const first = x.toTypedArray()[0]!;
      const options = { dtype: 'float64' } as const;
      return i === scalar ? tensor(first, options) : full(x.shape, first, options);
    }),
  }));
}

/** Each operand in turn as a variable beside constants: derived rules know which of their inputs move. */
function constantSamples({ run, inputs }: Sample): Sample[] {
  const constants = inputs.map((x) => new Variable(x));
  return inputs.map((x, moving) => ({
    run: (...[variable]) => run(...constants.with(moving, variable!)),
    inputs: [x],
  }));
}

/**
 * So near to a kink that a threshold shows which is off by 0.01, with room for differences on either side. Operands
 * move by different lengths, so that ties break.
 */
const besideKink = 0.004;
const lengths = [1, 0.7, 0.4] as const;

/** On both sides of a kink, wherever that is in the domain. */
function samplesBeside({ run, inputs }: Kink): Sample[] {
  const point = inputs.map((x) => tensor(x, { dtype: 'float64' }));
  return [besideKink, -besideKink]
    .map((offset) => ({ run, inputs: point.map((x, k) => add(x, offset * lengths[k]!).value) }))
    .filter(staysFinite)
    .flatMap((sample) => [sample, ...(inputs.length > 1 ? constantSamples(sample) : [])]);
}

/** Whether inputs and value are finite. */
function staysFinite({ run, inputs }: Sample): boolean {
  const value = run(...inputs.map((x) => new Variable(x))).value;
  return [...inputs, value].every((x) => x.toTypedArray().every(Number.isFinite));
}

/** An operation's kinks, and for elementwise ones with several operands also each operand alone, beside constants. */
export function kinksOf({ kind, kinks }: OperationRecord): readonly Kink[] {
  return kind === 'elementwise' ? [...kinks, ...kinks.flatMap(constantKinks)] : kinks;
}

function constantKinks({ at, run, inputs, cotangents }: Kink): Kink[] {
  if (inputs.length < 2) return [];
  const point = inputs.map((x) => tensor(x, { dtype: 'float64' }));
  return constantSamples({ run, inputs: point }).map(({ run }, k) => ({
    at,
    run,
    inputs: [inputs[k]!],
    cotangents: [cotangents[k]!],
  }));
}

/** A sample with one input passed twice, `f(x, x)`: entry `second` is given what entry `first` is. */
export interface RepeatedArgument extends Sample {
  readonly first: number;
  readonly second: number;
}

/** Every way to pass one input of a sample twice. */
export function repeatedArguments({ run, inputs }: Sample): RepeatedArgument[] {
  return inputs.flatMap((x, second) =>
    inputs
      .slice(0, second)
      .flatMap((other, first) =>
        sameShape(x.shape, other.shape) ? [{ run, inputs: inputs.with(second, other), first, second }] : [],
      ),
  );
}
