import { ArgumentError, allocate, type RandomKey, Tensor, uniform } from '@reparam/tensor';

/** Above this e^−rate would underflow; a Poisson number of a larger rate is the sum of several of smaller ones. */
const largestStep = 500;
/** Each draw takes as many steps as its rate, and float32 counts no further than 2²⁴. */
const largestRate = 1e6;

/**
 * Poisson numbers, one for each rate, by inversion of the distribution function.
 * @throws ArgumentError unless the rates lie between 0 and 10⁶.
 */
export function drawPoisson(key: RandomKey, rates: Tensor): Tensor {
  const values = rates.toTypedArray();
  const draws = allocate(rates.dtype, values.length);
  const largest = Array.from(values, requireRate).reduce((most, rate) => Math.max(most, rate), 0);
  const parts = Math.max(1, Math.ceil(largest / largestStep));
  for (let part = 0; part < parts; part++) {
    const uniforms = uniform(key.foldIn(part), rates.shape, { dtype: 'float64' }).toTypedArray();
    for (let i = 0; i < draws.length; i++) draws[i]! += invert(values[i]! / parts, uniforms[i]!);
  }
  return Tensor.wrap(draws, rates.shape);
}

/** The smallest k with P(x ≤ k) > u. */
function invert(rate: number, u: number): number {
  let probability = Math.exp(-rate);
  let rest = u - probability;
  let k = 0;
  // By rounding the probabilities may end short of u; beyond the mode negligible ones end the search as well.
  while (rest >= 0 && !(k > rate && probability < 2 ** -60)) {
    k++;
    probability *= rate / k;
    rest -= probability;
  }
  return k;
}

function requireRate(rate: number): number {
  if (rate >= 0 && rate <= largestRate) return rate;
  throw new ArgumentError(
    'drawPoisson',
    'rate',
    rate,
    `a rate is ${rate}; draws are made for rates between 0 and ${largestRate}. Counts that large are nearly normal.`,
  );
}
