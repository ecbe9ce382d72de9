import { PNG } from 'pngjs';

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A picture being painted: rows from the top, three bytes a pixel. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export function createRaster(width: number, height: number, background: Colour): Raster {
  const raster = { width, height, pixels: new Uint8Array(width * height * 3) };
  fillRectangle(raster, 0, 0, width, height, background);
  return raster;
}

/** Paints the part of the rectangle that lies inside the picture. */
export function fillRectangle(
  { width, height, pixels }: Raster,
  left: number,
  top: number,
  rectangleWidth: number,
  rectangleHeight: number,
  [red, green, blue]: Colour,
): void {
  const right = Math.min(width, left + rectangleWidth);
  const bottom = Math.min(height, top + rectangleHeight);
  for (let y = Math.max(0, top); y < bottom; y++) {
    for (let x = Math.max(0, left), at = (y * width + x) * 3; x < right; x++, at += 3) {
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
    }
  }
}

export function encodePng({ width, height, pixels }: Raster): Uint8Array {
  const png = new PNG({ width, height });
  png.data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  // Colour type 2 is plain RGB: pngjs takes the bytes as they are.
  const bytes = PNG.sync.write(png, { colorType: 2, inputColorType: 2, inputHasAlpha: false });
  return new Uint8Array(bytes);
}
