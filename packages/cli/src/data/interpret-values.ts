/** The smallest image that is guessed from a number of columns: 8 × 8. */
const smallestGuess = 64;

/** Beyond this, weights of the usual sizes are far from what the data needs. */
const largeValue = 10;

interface Interpretation {
  /** Known from the file, such as from a third axis. */
  readonly imageShape?: readonly [height: number, width: number] | undefined;
  /** Whether the file stores whole numbers, as image bytes are stored. */
  readonly wholeNumberType: boolean;
}

/**
 * Decides what rows of numbers mean, and changes `values` to suit: image bytes (whole numbers from 0 to 255, more than
 * 0 and 1) are divided by 255; rows of n² ≥ 64 values from 0 to 1 are taken as square images. Whatever was decided
 * is said in `notes`.
 */
export function interpretValues(
  values: Float32Array,
  features: number,
  { imageShape, wholeNumberType }: Interpretation,
  notes: string[],
): readonly [height: number, width: number] | undefined {
  const squareSide = Math.sqrt(features);
  const square =
    features >= smallestGuess && Number.isInteger(squareSide)
      ? ([squareSide, squareSide] as const)
      : undefined;
  const range = rangeOf(values);
  if (range === 'bytes' && (wholeNumberType || imageShape !== undefined || square !== undefined)) {
    for (let i = 0; i < values.length; i++) values[i]! /= 255;
    notes.push('The values are whole numbers from 0 to 255 and were divided by 255.');
  } else if (range !== 'unit') {
    notes.push(
      range === 'bytes'
        ? 'The values are whole numbers from 0 to 255, left as they are.'
        : outsideUnit(values),
    );
    return imageShape;
  }
  if (imageShape !== undefined || square === undefined) return imageShape;
  notes.push(
    `Rows of ${features} values from 0 to 1 are taken as images of ${squareSide} × ${squareSide} pixels.`,
  );
  return square;
}

/** `unit`: all from 0 to 1; `bytes`: whole numbers from 0 to 255, beyond 1. */
function rangeOf(values: Float32Array): 'unit' | 'bytes' | 'other' {
  let whole = true;
  let unit = true;
  for (const value of values) {
    if (!(value >= 0 && value <= 255)) return 'other';
    unit &&= value <= 1;
    whole &&= Number.isInteger(value);
    if (!unit && !whole) return 'other';
  }
  return unit ? 'unit' : 'bytes';
}

function outsideUnit(values: Float32Array): string {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const [from, to] = [low, high].map((value) => Number(value.toPrecision(4)));
  const advice =
    Math.max(-low, high) > largeValue
      ? ' Columns of mean 0 and standard deviation 1 are learned better.'
      : '';
  return `The values run from ${from} to ${to}, which suits a Gaussian likelihood; a Bernoulli one takes 0 to 1.${advice}`;
}
