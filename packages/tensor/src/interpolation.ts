import { zeros } from './create.ts';
import { allocate } from './dtype.ts';
import { constant, input } from './expression/expression.ts';
import { add, multiply, subtract } from './expression/functions.ts';
import { gather, map, scatterAdd } from './primitives.ts';
import { Tensor } from './tensor.ts';

/** Between which entries of an axis each new entry lies (one, if on it), and how far from the lower to the upper. */
export interface LinearGrid {
  readonly axis: number;
  /** Length of the axis that is interpolated. */
  readonly length: number;
  /** int32 [entries]. */
  readonly lower: Tensor;
  readonly upper: Tensor;
  /** Float64 in [0, 1), one for each new entry. */
  readonly fraction: Float64Array;
}

/**
 * Where `entries` new entries lie on an axis. With aligned corners the first and the last stay where they are,
 * at i·(length − 1)/(entries − 1); otherwise entries are the middles of equal parts of the whole, at
 * (i + ½)·length/entries − ½, and those outside take the value of the edge.
 */
export function linearGrid(axis: number, length: number, entries: number, alignCorners: boolean): LinearGrid {
  const place = (i: number): number => {
    if (alignCorners) return entries > 1 ? (i * (length - 1)) / (entries - 1) : 0;
    return Math.min(Math.max(((i + 0.5) * length) / entries - 0.5, 0), length - 1);
  };
  const places = Float64Array.from({ length: entries }, (_, i) => place(i));
  const indices = (index: (at: number) => number): Tensor => {
    const whole = Array.from(places, index);
    return Tensor.wrap(allocate('int32', whole), [entries]);
  };
  return {
    axis,
    length,
    lower: indices(Math.floor),
    upper: indices(Math.ceil),
    fraction: places.map((at) => at - Math.floor(at)),
  };
}

/** (1 − f)·x[lower] + f·x[upper] along the axis of the grid. */
export function interpolate(x: Tensor, grid: LinearGrid): Tensor {
  const neighbours = [gather(x, grid.lower, grid.axis), gather(x, grid.upper, grid.axis)];
  return map(mixture, [...neighbours, fractions(grid, x)], 'interpolate');
}

/** The adjoint of {@link interpolate}: each entry of y is added to its two neighbours, by their weights. */
export function interpolateAdjoint(y: Tensor, grid: LinearGrid): Tensor {
  const { axis, length, lower, upper } = grid;
  const fraction = fractions(grid, y);
  const none = zeros(y.shape.toSpliced(axis, 1, length), { dtype: y.dtype });
  const low = scatterAdd(none, lower, map(lowerShare, [y, fraction], 'interpolateAdjoint'), axis);
  return scatterAdd(low, upper, map(upperShare, [y, fraction], 'interpolateAdjoint'), axis);
}

/** The fractions as a column that broadcasts along the grid's axis. */
function fractions({ axis, fraction }: LinearGrid, { dtype, rank }: Tensor): Tensor {
  const shape = [fraction.length, ...new Array<number>(rank - axis - 1).fill(1)];
  return Tensor.wrap(allocate(dtype, fraction), shape);
}

const [a, b, f] = [input(0), input(1), input(2)];
const one = constant(1);
// Not a + f·(b − a), which overflows where b − a does.
const mixture = add(multiply(subtract(one, f), a), multiply(f, b));
const lowerShare = multiply(a, subtract(one, b));
const upperShare = multiply(a, b);
