import { ArgumentError } from '@reparam/tensor';
import { createRaster, type Raster } from './raster.ts';

/** A light grey that stays quiet beside black images, white images and the pages that show them. */
const separator = [210, 214, 220] as const;

/** Those of 8192 × 8192, which most programs still open. */
const maximumPixels = 2 ** 26;

export interface GridOptions {
  /** Tiles a row. */
  readonly columns: number;
  /** Pixels of separator between tiles and around them; 1 unless told. */
  readonly padding?: number;
  /** Rows that belong together: a wider gap follows each such group. No groups unless told. */
  readonly rowsPerGroup?: number;
}

/** Equal rectangles to be laid out; `paint` draws number `index` with its top left corner at (left, top). */
export interface Tiles {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly paint: (raster: Raster, index: number, left: number, top: number) => void;
}

/**
 * Lays tiles out in rows, separated by thin lines. Places after the last tile stay the colour of the separators,
 * as does a tile that `paint` leaves alone.
 * @throws ArgumentError when the picture would be too large to be of use.
 */
export function drawGrid(
  tiles: Tiles,
  { columns, padding = 1, rowsPerGroup = Infinity }: GridOptions,
): Raster {
  const usedColumns = Math.max(1, Math.min(columns, tiles.count));
  const rows = Math.ceil(tiles.count / usedColumns);
  const groupGap = 8 * Math.max(1, padding);
  const groups = Math.max(1, Math.ceil(rows / rowsPerGroup));
  const width = usedColumns * (tiles.width + padding) + padding;
  const height = rows * (tiles.height + padding) + padding + (groups - 1) * groupGap;
  if (width * height > maximumPixels) {
    throw new ArgumentError(
      'drawGrid',
      'tiles',
      tiles.count,
      `a picture of ${tiles.count} tiles would have ${width} × ${height} pixels, too many to look at. Take fewer ` +
        'examples, or write them as numbers to a name that ends in .npy.',
    );
  }
  const raster = createRaster(width, height, separator);
  for (let index = 0; index < tiles.count; index++) {
    const row = Math.floor(index / usedColumns);
    const left = padding + (index % usedColumns) * (tiles.width + padding);
    const top = padding + row * (tiles.height + padding) + Math.floor(row / rowsPerGroup) * groupGap;
    tiles.paint(raster, index, left, top);
  }
  return raster;
}
