import { type RandomKey, ReparamError, uniform } from '@reparam/tensor';

/** Samplers that accept half of their proposals are done after this many rounds but for a chance of 2⁻²⁰⁰. */
const mostRounds = 200;

export type Uniforms = readonly [number, number, number];

/**
 * A number for each element, by rejection: in each round every element that has none yet gets three uniform numbers
 * in (0, 1], from which `attempt` makes a draw or, with undefined, none. The same key gives the same draws.
 * @throws ReparamError when after 200 rounds an element is still without.
 */
export function drawByRejection(
  operation: string,
  key: RandomKey,
  count: number,
  attempt: (element: number, uniforms: Uniforms) => number | undefined,
): Float64Array {
  const draws = new Float64Array(count);
  let waiting = Array.from(draws.keys());
  for (let round = 0; waiting.length > 0; round++) {
    if (round === mostRounds) {
      throw new ReparamError(
        operation,
        `no draw was accepted in ${mostRounds} rounds for element ${waiting[0]}.`,
      );
    }
    const uniforms = uniform(key.foldIn(round), [waiting.length, 3], { dtype: 'float64' }).toTypedArray();
    waiting = waiting.filter((element, i) => {
      const draw = attempt(element, [
        1 - uniforms[3 * i]!,
        1 - uniforms[3 * i + 1]!,
        1 - uniforms[3 * i + 2]!,
      ]);
      if (draw === undefined) return true;
      draws[element] = draw;
      return false;
    });
  }
  return draws;
}
