import { normal, RandomKey, Tensor } from '@reparam/tensor';
import { directionalDifference } from '../check/differences.ts';
import { dot, flat } from '../check/probes.ts';
import { movedBy, sizeOfTerms } from './precision.ts';
import type { Evidence, InputVerdict, JudgedVerdict, Verdict } from './verify-node.ts';

/** Compares the contribution to one input with differences along a random direction of that input. */
export function judgeInput(evidence: Evidence, input: number): Verdict {
  const { node, point, here, cotangent, contributions, precision } = evidence;
  const x = point[input]!;
  const direction = relativeDirection(x, RandomKey.fromSeed(input));
  const along = (step: number): Float64Array =>
    settle(here, flat(node.rules.forward(point.with(input, movedBy(x, step, direction)), node.parameters)));
  const contribution = contributions[input];
  const derived = contribution ? dot(contribution, direction) : 0;
  const derivedSize = contribution ? sizeOfTerms(contribution, direction) : 0;
  const read = (slopes: Float64Array, difference: InputVerdict['difference']): InputVerdict => ({
    input,
    ...compare(evidence, { derived, derivedSize }, slopes, difference),
  });

  const agrees = ({ error }: InputVerdict): boolean => error <= precision.tolerance;
  const judged = (kind: JudgedVerdict['kind'], found: InputVerdict): Verdict => ({
    kind,
    precision: precision.dtype,
    inputs: [found],
  });

  const [left, right] = [
    oneSidedSlopes(along, -precision.sideStep),
    oneSidedSlopes(along, precision.sideStep),
  ];
  const [fromLeft, fromRight] = [read(left, dot(cotangent, left)), read(right, dot(cotangent, right))];
  if (agrees(fromLeft) && agrees(fromRight)) return judged('agrees', fromRight);
  const slopes = centralSlopes(along);
  const central = read(slopes, dot(cotangent, slopes));
  if (agrees(central)) return judged('agrees', central);
  const eitherSide = read(right, between(cotangent, left, right));
  if (agrees(eitherSide)) return judged('at a kink', eitherSide);
  if (Number.isNaN(central.error)) return { kind: 'not checked', reason: 'differences leave the domain' };
  return judged('differs', central);
}

/** What a rule gives along a direction: ⟨contribution, u⟩, and the size of its terms. */
interface Derived {
  readonly derived: number;
  readonly derivedSize: number;
}

/** Terms may cancel, so an error counts beside their size and not beside their sum. */
export function compare(
  { cotangent, here, precision }: Evidence,
  { derived, derivedSize }: Derived,
  slopes: Float64Array,
  difference: InputVerdict['difference'],
): Omit<InputVerdict, 'input'> {
  const [low, high] = typeof difference === 'number' ? [difference, difference] : difference;
  const distance = Math.max(low - derived, derived - high, 0);
  const rounding = precision.leastSlope * sizeOfTerms(cotangent, settle(here, here));
  const scale = Math.max(sizeOfTerms(cotangent, slopes), derivedSize, rounding);
  return { derived, difference, error: distance === 0 ? 0 : distance / scale };
}

/** Infinities that stay what they are have no slope; the rest as it is. */
export function settle(here: Float64Array, values: Float64Array): Float64Array {
  return values.map((value, i) => (value === here[i] && !Number.isFinite(value) ? 0 : value));
}

/**
 * Normal numbers times the size of each element, so that a small step along them changes no sign and stays inside
 * the domain of a logarithm. Zeros take steps of the typical size, at most 1, and infinities none.
 */
export function relativeDirection(x: Tensor, key: RandomKey): Float64Array {
  const sizes = flat(x).map((value) => (Number.isFinite(value) ? Math.abs(value) : 0));
  const typical = Math.min(1, Math.sqrt(dot(sizes, sizes) / sizes.length)) || 1;
  const draws = flat(normal(key, x.shape, { dtype: 'float64' }));
  const values = flat(x);
  return draws.map((draw, i) => (Number.isFinite(values[i]) ? draw * (sizes[i] || typical) : 0));
}

/** Slopes of a vector function of one number at 0, by fourth-order central differences. */
export function centralSlopes(f: (step: number) => Float64Array): Float64Array {
  const origin = Tensor.wrap(new Float64Array(1), []);
  return directionalDifference(([step]) => f(step!.item()), [origin], [Float64Array.of(1)]);
}

/** The same to the side that `step` points to, of second order: (−3f(0) + 4f(h) − f(2h)) / 2h. */
function oneSidedSlopes(f: (step: number) => Float64Array, step: number): Float64Array {
  const [here, near, far] = [f(0), f(step), f(2 * step)];
  return here.map((value, i) => (4 * near[i]! - 3 * value - far[i]!) / (2 * step));
}

/** The range of ⟨v, slopes⟩ when every slope may be anything between those to the two sides. */
function between(v: Float64Array, left: Float64Array, right: Float64Array): [number, number] {
  let [low, high] = [0, 0];
  v.forEach((weight, i) => {
    const [a, b] = [weight * left[i]!, weight * right[i]!];
    low += Math.min(a, b);
    high += Math.max(a, b);
  });
  return [low, high];
}
