import { ShapeError, type Tensor } from '@reparam/tensor';
import { drawGrid, type GridOptions, type Tiles } from './grid.ts';
import { comfortableScale, imageTiles } from './image-tiles.ts';
import { encodePng } from './raster.ts';
import { featureRanges, stripTiles } from './strip-tiles.ts';

/** Rows and columns of one image, or undefined for data that is no image. */
export type ImageShape = readonly [height: number, width: number] | undefined;

export interface ImageGridOptions extends GridOptions {
  /** Pixels of the picture for each pixel of an image; chosen from the image's size unless told. */
  readonly scale?: number;
}

/**
 * A PNG of many examples. Images are drawn in a grid: values clipped to 0…1 (0 black), enlarged by a whole factor
 * without smoothing. Data without an image shape is drawn as a heat map instead, one row an example, one
 * column a feature, each feature coloured over its own range; `columns` and `scale` do not apply to it.
 *
 * @param images shape [count, features]; features = height · width where there is an image shape.
 * @throws ShapeError when the shapes do not fit each other or there is no example.
 */
export function encodeImageGrid(
  images: Tensor,
  imageShape: ImageShape,
  options: ImageGridOptions,
): Uint8Array {
  const features = requireExamples('encodeImageGrid', images, imageShape);
  const values = images.toTypedArray();
  if (imageShape === undefined) {
    const strips = stripTiles(values, featureRanges(values, features));
    return encodePng(drawGrid(strips, { ...options, columns: 1 }));
  }
  const tiles = imageTiles(values, imageShape, options.scale ?? comfortableScale(...imageShape));
  return encodePng(drawGrid(tiles, options));
}

export interface ReconstructionGridOptions {
  /** Pairs a row; 16 unless told. */
  readonly columns?: number;
  readonly scale?: number;
  readonly padding?: number;
}

/**
 * A PNG of pairs: each original with its reconstruction right below, a wider gap between rows of pairs. Data without
 * an image shape is drawn as strips in the same pairs, on the colour ranges of the originals.
 *
 * @param originals shape [count, features], as is `reconstructions`.
 * @throws ShapeError when the shapes do not fit each other or there is no example.
 */
export function encodeReconstructionGrid(
  originals: Tensor,
  reconstructions: Tensor,
  imageShape: ImageShape,
  { columns = 16, scale, padding = 1 }: ReconstructionGridOptions = {},
): Uint8Array {
  const operation = 'encodeReconstructionGrid';
  const features = requireExamples(operation, originals, imageShape);
  if (originals.shape.join() !== reconstructions.shape.join()) {
    throw new ShapeError(
      operation,
      `originals is [${originals.shape.join(', ')}] but reconstructions is ` +
        `[${reconstructions.shape.join(', ')}]: each original needs its reconstruction.`,
      { originals: originals.shape, reconstructions: reconstructions.shape },
    );
  }
  const above = originals.toTypedArray();
  const below = reconstructions.toTypedArray();
  const layout = { padding, rowsPerGroup: 2 };
  if (imageShape === undefined) {
    const ranges = featureRanges(above, features);
    const pairs = interleave(stripTiles(above, ranges), stripTiles(below, ranges), 1);
    return encodePng(drawGrid(pairs, { ...layout, columns: 1 }));
  }
  const usedScale = scale ?? comfortableScale(...imageShape);
  const usedColumns = Math.min(columns, originals.shape[0]!);
  const pairs = interleave(
    imageTiles(above, imageShape, usedScale),
    imageTiles(below, imageShape, usedScale),
    usedColumns,
  );
  return encodePng(drawGrid(pairs, { ...layout, columns: usedColumns }));
}

/** Rows of `columns` tiles in turn from above and below; the last row may stay partly empty. */
function interleave(above: Tiles, below: Tiles, columns: number): Tiles {
  const rows = Math.ceil(above.count / columns);
  return {
    ...above,
    count: 2 * rows * columns,
    paint: (raster, index, left, top) => {
      const row = Math.floor(index / columns);
      const example = Math.floor(row / 2) * columns + (index % columns);
      if (example >= above.count) return;
      (row % 2 === 0 ? above : below).paint(raster, example, left, top);
    },
  };
}

/** The number of features. @throws ShapeError unless `examples` is [count ≥ 1, features] and fills the image shape. */
function requireExamples(operation: string, examples: Tensor, imageShape: ImageShape): number {
  const { shape } = examples;
  const [count, features] = shape;
  if (shape.length !== 2 || !count || !features) {
    throw new ShapeError(
      operation,
      `examples is [${shape.join(', ')}], but has to be [count, features] with at least one of each.`,
      { examples: shape },
    );
  }
  if (imageShape !== undefined && imageShape[0] * imageShape[1] !== features) {
    throw new ShapeError(
      operation,
      `examples is [${shape.join(', ')}] (axis 1 = ${features}), which does not fill images of ` +
        `${imageShape[0]} × ${imageShape[1]} = ${imageShape[0] * imageShape[1]} pixels.`,
      { examples: shape, imageShape },
    );
  }
  return features;
}
