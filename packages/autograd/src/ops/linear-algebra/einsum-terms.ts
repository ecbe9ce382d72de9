import { sameShape, sizeOf } from '@reparam/tensor';
import type { Variable } from '../../variable.ts';
import { mul } from '../elementwise.ts';
import { matmul } from '../matmul.ts';
import { permute, reshape } from '../movement.ts';
import { sum } from '../reductions.ts';
import { diagonal } from './diagonal.ts';
import type { Labels } from './einsum-spec.ts';

/** A factor of an einsum: a tensor with a label for each axis. */
export interface Term {
  readonly x: Variable;
  readonly labels: Labels;
}

type Lengths = ReadonlyMap<string, number>;

function shapeOf(labels: Labels, lengths: Lengths): number[] {
  return labels.map((label) => lengths.get(label)!);
}

export function sizeOfLabels(labels: Labels, lengths: Lengths): number {
  return sizeOf(shapeOf(labels, lengths));
}

// The tape stays short: what changes nothing is not recorded.
function reshapeTo(x: Variable, shape: readonly number[]): Variable {
  return sameShape(x.shape, shape) ? x : reshape(x, shape);
}

/** The term's tensor with its axes in the order of `labels`. */
export function arrange({ x, labels }: Term, order: Labels): Variable {
  if (order.every((label, axis) => label === labels[axis])) return x;
  return permute(
    x,
    order.map((label) => labels.indexOf(label)),
  );
}

/** Drops the axes of length 1 that broadcast against longer ones: a product repeats them by itself. */
export function dropBroadcast({ x, labels }: Term, lengths: Lengths): Term {
  const kept = labels.filter((label, axis) => x.shape[axis] === lengths.get(label));
  return { x: reshapeTo(x, shapeOf(kept, lengths)), labels: kept };
}

/** Takes the diagonal of axes that share a label, until none do. */
export function takeDiagonals(term: Term): Term {
  const { labels } = term;
  const second = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
  if (second < 0) return term;
  const label = labels[second]!;
  const others = labels
    .map((_, axis) => axis)
    .filter((axis) => axis !== second && axis !== labels.indexOf(label));
  const matrices = permute(term.x, [...others, labels.indexOf(label), second]);
  return takeDiagonals({
    x: diagonal(matrices),
    labels: [...others.map((axis) => labels[axis]!), label],
  });
}

/** Sums over the labels that nothing else needs. */
export function sumUnneeded({ x, labels }: Term, needed: ReadonlySet<string>): Term {
  const axes = labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]));
  if (axes.length === 0) return { x, labels };
  return { x: sum(x, { axes }), labels: labels.filter((label) => needed.has(label)) };
}

/** The axes of a product of two terms, by what becomes of them. */
export interface Partition {
  /** In both, and needed later. */
  readonly batch: Labels;
  /** In both, and needed by nothing else. */
  readonly summed: Labels;
  readonly left: Labels;
  readonly right: Labels;
}

export function partition(a: Term, b: Term, needed: ReadonlySet<string>): Partition {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  return {
    batch: shared.filter((label) => needed.has(label)),
    summed: shared.filter((label) => !needed.has(label)),
    left: a.labels.filter((label) => !shared.includes(label)),
    right: b.labels.filter((label) => !shared.includes(label)),
  };
}

/** The product of two terms as one matrix product [batch, left, summed] × [batch, summed, right]. */
export function multiply(a: Term, b: Term, parts: Partition, lengths: Lengths): Term {
  const { batch, summed, left, right } = parts;
  const labels = [...batch, ...left, ...right];
  const group = (...groups: Labels[]): number[] => [
    ...shapeOf(batch, lengths),
    ...groups.map((group) => sizeOfLabels(group, lengths)),
  ];
  if (left.length === 0 && right.length === 0 && batch.length > 0) {
    // Matrix products of a row and a column each would cost more than the multiplications.
    const products = mul(arrange(a, [...batch, ...summed]), arrange(b, [...batch, ...summed]));
    return {
      x: summed.length > 0 ? sum(products, { axes: summed.map((_, i) => batch.length + i) }) : products,
      labels,
    };
  }
  const rows = reshapeTo(arrange(a, [...batch, ...left, ...summed]), group(left, summed));
  const columns = reshapeTo(arrange(b, [...batch, ...summed, ...right]), group(summed, right));
  const product = summed.length === 0 ? mul(rows, columns) : matmul(rows, columns);
  return { x: reshapeTo(product, shapeOf(labels, lengths)), labels };
}
