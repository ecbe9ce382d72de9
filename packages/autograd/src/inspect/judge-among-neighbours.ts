import { RandomKey, ReparamError, type Tensor } from '@reparam/tensor';
import { dot, flat } from '../check/probes.ts';
import type { Variable } from '../variable.ts';
import { centralSlopes, compare, relativeDirection, settle } from './judge-input.ts';
import { doublePrecision, movedBy, sizeOfTerms, toDouble } from './precision.ts';
import type { Evidence, InputVerdict, NodeRecord } from './verify-node.ts';

/** How many operations back the neighbourhood reaches. */
const reach = 8;
/** Inputs that move less than this, relative to their size and where the contribution counts, tell nothing. */
const leastMotion = 1e-3;

/**
 * A second hearing for a rule that does not agree where its inputs move each by itself: whether it holds as they can
 * move together. Some rules need that: the Cholesky factor's, which is about symmetric matrices, those that are
 * handed factors of another input, and choices by a mask, which never moves a little. What computed the inputs, a few operations back, is computed again from
 * values that move; then Σ ⟨contribution, slope of the input⟩ = ⟨cotangent, slope of the output⟩. Undefined where
 * that cannot be, or does not hold either.
 */
export function judgeAmongNeighbours(
  evidence: Evidence,
  producers: ReadonlyMap<Variable, NodeRecord>,
): InputVerdict | undefined {
  const { node, here, cotangent, contributions, precision } = evidence;
  if (precision !== doublePrecision) return undefined;
  try {
    const inputsAt = computeNeighbourhood(node, producers);
    const points = evidence.point.map(flat);
    const sizes = points.map(({ length }) => length);
    const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
    const outputStart = sizes.reduce((sum, size) => sum + size, 0);
    const slopes = centralSlopes((step) => {
      const inputs = inputsAt(step);
      const output = settle(here, flat(node.rules.forward(inputs, node.parameters)));
      return concatenate([...inputs.map(flat), output]);
    });
    const inputSlopes = starts.map((start, i) => slopes.subarray(start, start + sizes[i]!));
    const terms = contributions.flatMap((each, i) => {
      if (each === undefined) return [];
      const size = sizeOfTerms(each, inputSlopes[i]!);
      const ample = leastMotion * sizeOfTerms(each, settle(points[i]!, points[i]!));
      return [{ derived: dot(each, inputSlopes[i]!), size, telling: size >= ample }];
    });
    if (!terms.every(({ telling }) => telling)) return undefined;
    const derived = terms.reduce((sum, term) => sum + term.derived, 0);
    const derivedSize = Math.hypot(...terms.map(({ size }) => size));
    const outputSlopes = slopes.subarray(outputStart);
    const found = compare(evidence, { derived, derivedSize }, outputSlopes, dot(cotangent, outputSlopes));
    return found.error <= precision.tolerance ? found : undefined;
  } catch (error) {
    if (error instanceof ReparamError) return undefined;
    throw error;
  }
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}

/** The node's inputs as functions of a step: recomputed from the edge of the neighbourhood, which moves. */
function computeNeighbourhood(
  node: NodeRecord,
  producers: ReadonlyMap<Variable, NodeRecord>,
): (step: number) => Tensor[] {
  const inside = new Set<NodeRecord>();
  let ring = [node];
  for (let distance = 0; distance < reach; distance++) {
    ring = ring.flatMap(({ inputs }) => inputs.flatMap((input) => producers.get(input) ?? []));
    for (const each of ring) inside.add(each);
  }
  // Producers are listed in order of computation.
  const order = [...producers.values()].filter((each) => inside.has(each));
  const computed = new Set(order.map(({ output }) => output));
  const edge = new Map<Variable, { value: Tensor; direction: Float64Array | undefined }>();
  for (const { inputs, inputValues } of [...order, node]) {
    inputs.forEach((input, i) => {
      if (computed.has(input) || edge.has(input)) return;
      const value = toDouble(inputValues[i]!);
      const direction = input.tracked ? relativeDirection(value, RandomKey.fromSeed(edge.size)) : undefined;
      edge.set(input, { value, direction });
    });
  }
  return (step) => {
    const values = new Map<Variable, Tensor>();
    for (const [variable, { value, direction }] of edge) {
      values.set(variable, direction ? movedBy(value, step, direction) : value);
    }
    for (const { rules, parameters, inputs, output } of order) {
      values.set(
        output,
        rules.forward(
          inputs.map((input) => values.get(input)!),
          parameters,
        ),
      );
    }
    return node.inputs.map((input) => values.get(input)!);
  };
}
