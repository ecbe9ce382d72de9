import { flattenCurve } from './curve.ts';
import { jitterKnots, randomAffine, randomWaves } from './distort.ts';
import type { Draws } from './draws.ts';
import { randomPen } from './pen.ts';
import { centreOnPicture, scaleToBox } from './place.ts';
import { rasterizeStroke } from './rasterize.ts';
import { type Style, skeletons } from './skeletons.ts';

/**
 * Writes `digit` (0…9) by a hand of its own into `picture` (row-major, `size` × `size`, all 0 before; ink is 1).
 * Its longer side fills 20/28 of the picture or a little less, its centre of mass is in the middle, as in MNIST.
 */
export function drawDigit(digit: number, draws: Draws, picture: Float32Array, size: number): void {
  const style = chooseStyle(skeletons[digit]!, draws.uniform(0, 1));
  const wave = randomWaves(draws);
  const affine = randomAffine(draws);
  const box = ((size * 20) / 28) * draws.uniform(0.9, 1);
  const pen = randomPen(draws, box);

  const strokes = style.strokes.map((stroke) => {
    const curve = flattenCurve(jitterKnots(stroke, draws));
    return pen(curve.map((point) => affine(wave(point))));
  });
  for (const stroke of centreOnPicture(scaleToBox(strokes, box), size))
    rasterizeStroke(stroke, picture, size);
}

/** The style at the given share (0…1) of all weights laid end to end. */
function chooseStyle(styles: readonly Style[], share: number): Style {
  let remaining = share * styles.reduce((total, { weight }) => total + weight, 0);
  for (const style of styles) {
    remaining -= style.weight;
    if (remaining < 0) return style;
  }
  return styles.at(-1)!;
}
