import { type RandomKey, type Shape, Tensor } from '@reparam/tensor';
import { type Differentiable, jvp, vjp } from '../transforms.ts';
import { Variable } from '../variable.ts';
import { directionalDifference } from './differences.ts';
import { dot, flat, type Probe, probes } from './probes.ts';

/** Up to these sizes every input entry and every output entry is checked, beyond by random projections. */
const fullInputs = 64;
const fullOutputs = 32;

/** What differences know about a function at a point; no derivative rule has part in it. */
export interface Measurement {
  readonly point: readonly Tensor[];
  readonly outputShape: Shape;
  /** Directions of the inputs, and the output's derivative along each. */
  readonly directions: readonly (Probe & { readonly difference: Float64Array })[];
  readonly cotangents: readonly Probe[];
}

/** One number, three times: ⟨v, ∂f u⟩ by reverse mode, by forward mode and by differences. */
export interface Reading {
  /** Which direction u of the inputs and which projection v of the output. */
  readonly where: string;
  readonly reverse: number;
  readonly forward: number;
  readonly difference: number;
}

/** Takes the differences of `fn` at a float64 point. */
export function measure(fn: Differentiable, point: readonly Tensor[], key: RandomKey): Measurement {
  const [keyDirections, keyCotangents] = key.split(2) as [RandomKey, RandomKey];
  const evaluate = (at: readonly Tensor[]): Tensor => fn(...at.map((x) => new Variable(x))).value;
  const output = evaluate(point);
  const sizes = point.map((x) => x.size);
  return {
    point,
    outputShape: output.shape,
    directions: probes(sizes, fullInputs, keyDirections).map((probe) => ({
      ...probe,
      difference: directionalDifference((at) => flat(evaluate(at)), point, probe.parts),
    })),
    cotangents: probes([output.size], fullOutputs, keyCotangents),
  };
}

/** The derivatives of `fn` by our rules, beside what was measured; computed one by one as they are asked for. */
export function* readings(
  fn: Differentiable,
  { point, outputShape, directions, cotangents }: Measurement,
): Generator<Reading> {
  const { pullback } = vjp(fn, ...point);
  const pulled = new Map<Probe, readonly Float64Array[]>();
  const pull = (cotangent: Probe): readonly Float64Array[] => {
    let gradients = pulled.get(cotangent);
    if (gradients === undefined) {
      gradients = pullback(Tensor.wrap(cotangent.parts[0]!, outputShape)).map(({ value }) => flat(value));
      pulled.set(cotangent, gradients);
    }
    return gradients;
  };
  for (const { where, parts, difference } of directions) {
    const tangents = parts.map((part, k) => Tensor.wrap(part, point[k]!.shape));
    const pushed = flat(jvp(fn, point, tangents).tangent.value);
    for (const cotangent of cotangents) {
      const v = cotangent.parts[0]!;
      yield {
        where: `${where}, ${cotangent.where}`,
        reverse: pull(cotangent).reduce((total, gradient, k) => total + dot(gradient, parts[k]!), 0),
        forward: dot(v, pushed),
        difference: dot(v, difference),
      };
    }
  }
}

/** |a − b| / max(1, |a|, |b|) */
export function relativeError(a: number, b: number): number {
  return Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
}
