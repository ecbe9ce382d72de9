import { noGrad, type Operand, type Variable } from '@reparam/autograd';
import { fromTypedArray, type Tensor } from '@reparam/tensor';
import type { Work } from '../diagnostics/work.ts';

export interface SquareOptions {
  /** Both coordinates go from −reach to reach. */
  readonly reach: number;
  /** Pixels along each side; the density is taken in their middles. */
  readonly pixels: number;
}

/**
 * A picture of the density with this logarithm, [..., 2] → [...] in float32.
 * @returns [pixels, pixels], the first coordinate growing to the right and the second upwards.
 */
export function* densityOnSquare(
  logDensity: (points: Operand) => Variable,
  { reach, pixels }: SquareOptions,
): Work<Tensor> {
  const values = new Float32Array(pixels * pixels);
  const place = (index: number): number => ((2 * (index + 0.5)) / pixels - 1) * reach;
  for (let row = 0; row < pixels; row++) {
    const points = Float32Array.from({ length: 2 * pixels }, (_, i) =>
      i % 2 === 0 ? place(i / 2) : -place(row),
    );
    const density = noGrad(() => logDensity(fromTypedArray(points, [pixels, 2])).exp());
    values.set(density.value.toTypedArray(), row * pixels);
    yield { done: row + 1, total: pixels };
  }
  return fromTypedArray(values, [pixels, pixels]);
}
