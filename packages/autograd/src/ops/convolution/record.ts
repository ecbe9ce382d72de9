import { type Shape, sizeOf, Tensor } from '@reparam/tensor';
import { identify, type Kink, type OperationRecord, type Rules, type Sample } from '../../operation.ts';
import type { Variable } from '../../variable.ts';

interface Description extends Pick<OperationRecord, 'formula' | 'samples'> {
  readonly domain?: string;
  readonly kinks?: readonly Kink[];
}

/** The record of an operation that slides over spatial axes. */
export function convolution<P>(
  source: Rules<P> | string,
  { domain = 'all reals', kinks = [], ...description }: Description,
): OperationRecord {
  return { ...identify(source), kind: 'convolution', domain, kinks, ...description };
}

/** Arguments of the given shapes, each with entries of its own that do not tie. */
export function sampleOf(run: (...inputs: Variable[]) => Variable, ...shapes: Shape[]): Sample {
  return { run, inputs: shapes.map((shape, k) => distinct(shape, k)) };
}

/** Entries −1.00 … 1.00 in steps of 0.02, out of order; up to 101 of them are distinct. */
function distinct(shape: Shape, seed: number): Tensor {
  const values = Float64Array.from(
    { length: sizeOf(shape) },
    (_, i) => ((i * 37 + seed * 17) % 101) / 50 - 1,
  );
  return Tensor.wrap(values, shape);
}
