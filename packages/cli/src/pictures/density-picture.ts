import { createRaster, encodePng } from './raster.ts';

export interface DensityValues {
  readonly height: number;
  readonly width: number;
  /** Rows from the top. */
  readonly values: ArrayLike<number>;
}

/** A PNG of one pixel a value: white for the smallest (or 0, where all are above), black for the largest. */
export function encodeDensity({ height, width, values }: DensityValues): Uint8Array {
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  const raster = createRaster(width, height, [255, 255, 255]);
  for (let i = 0; i < width * height; i++) {
    const share = high > low ? (values[i]! - low) / (high - low) : 0;
    raster.pixels.fill(Math.round(255 * (1 - share)), 3 * i, 3 * i + 3);
  }
  return encodePng(raster);
}
