import { scale as plotScale } from '@observablehq/plot';
import type { NumericArray } from '@reparam/tensor';
import type { Tiles } from './grid.ts';
import { type Colour, fillRectangle } from './raster.ts';

/** The range of each feature over some examples: what its colours run from and to. */
export interface FeatureRanges {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Smallest and largest value of each column of row-major [count, features] values. */
export function featureRanges(values: NumericArray, features: number): FeatureRanges {
  const low = new Float64Array(features).fill(Infinity);
  const high = new Float64Array(features).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const feature = i % features;
    low[feature] = Math.min(low[feature]!, values[i]!);
    high[feature] = Math.max(high[feature]!, values[i]!);
  }
  return { low, high };
}

const stripHeight = 12;
const maximumWidth = 800;
const maximumCell = 40;
/** More strips than these make a picture that nobody looks at. */
const maximumStrips = 200;

/** 256 steps of viridis, which is even in lightness and readable for colour-blind people. */
const colours: readonly Colour[] = (() => {
  const viridis = plotScale({ color: { type: 'linear', scheme: 'viridis', domain: [0, 255] } });
  return Array.from({ length: 256 }, (_, level): Colour => {
    const code = Number.parseInt(String(viridis?.apply(level)).slice(1), 16);
    return [code >> 16, (code >> 8) & 255, code & 255];
  });
})();

/**
 * For data that is no image: one example a strip, one coloured cell a feature, each feature from its own low
 * (dark) to its own high (bright), so that columns of unlike units can stand side by side. The first 200 examples.
 */
export function stripTiles(values: NumericArray, { low, high }: FeatureRanges): Tiles {
  const features = low.length;
  const cell = Math.max(1, Math.min(maximumCell, Math.floor(maximumWidth / features)));
  const width = Math.min(maximumWidth, features * cell);
  return {
    count: Math.min(maximumStrips, values.length / features),
    width,
    height: stripHeight,
    paint: (raster, index, left, top) => {
      for (let x = 0; x < width; x++) {
        const feature = Math.floor((x * features) / width);
        const span = high[feature]! - low[feature]!;
        // A feature that never changes has no range to place its value in: the middle.
        const level = span > 0 ? (values[index * features + feature]! - low[feature]!) / span : 0.5;
        const colour = colours[level > 0 ? Math.round(255 * Math.min(1, level)) : 0]!;
        fillRectangle(raster, left + x, top, 1, stripHeight, colour);
      }
    },
  };
}
