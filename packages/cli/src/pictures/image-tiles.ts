import type { NumericArray } from '@reparam/tensor';
import type { Tiles } from './grid.ts';
import { fillRectangle } from './raster.ts';

/** Whole factor that brings small images to a size that is comfortable to look at: 28 × 28 becomes 56 × 56. */
export function comfortableScale(height: number, width: number): number {
  return Math.max(1, Math.min(8, Math.round(64 / Math.max(height, width))));
}

/**
 * One grey image a tile, from row-major [count, height · width] values: clipped to 0…1, 0 black and 1 white, each
 * pixel a square of scale × scale.
 */
export function imageTiles(
  values: NumericArray,
  [height, width]: readonly [height: number, width: number],
  scale: number,
): Tiles {
  const features = height * width;
  return {
    count: values.length / features,
    width: width * scale,
    height: height * scale,
    paint: (raster, index, left, top) => {
      for (let pixel = 0; pixel < features; pixel++) {
        const grey = greyLevel(values[index * features + pixel]!);
        const x = left + (pixel % width) * scale;
        const y = top + Math.floor(pixel / width) * scale;
        fillRectangle(raster, x, y, scale, scale, [grey, grey, grey]);
      }
    },
  };
}

function greyLevel(value: number): number {
  // Not-a-number would pass through min and max; it is shown as black.
  return value > 0 ? Math.round(255 * Math.min(1, value)) : 0;
}
