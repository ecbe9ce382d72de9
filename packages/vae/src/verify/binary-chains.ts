import { fromTypedArray, type RandomKey, type Tensor, uniform } from '@reparam/tensor';

/** T */
export const chainLength = 10;
/** By which a symbol repeats the one before, in the two types of chains; both are equally frequent. */
const repeatProbabilities = [0.9, 0.1] as const;

/** Chains that are equally probable. */
export interface ChainGroup {
  /** Of all of them together. */
  readonly probability: number;
  /** Zeros and ones: [chains, T] */
  readonly chains: Tensor;
}

/** p(x | type) = ½·ρʳ(1 − ρ)^(T − 1 − r) for a chain with r repeats. */
function probabilitiesByType(repeats: number): number[] {
  return repeatProbabilities.map((each) => 0.5 * each ** repeats * (1 - each) ** (chainLength - 1 - repeats));
}

/** All 2^T chains, by their number of repeats, on which alone their probability depends. */
export function chainGroups(): ChainGroup[] {
  const groups = Array.from({ length: chainLength }, () => [] as number[][]);
  for (let code = 0; code < 2 ** chainLength; code++) {
    const chain = Array.from({ length: chainLength }, (_, t) => (code >> t) & 1);
    groups[chain.filter((symbol, t) => t > 0 && symbol === chain[t - 1]).length]!.push(chain);
  }
  return groups.map((chains, repeats) => {
    const [first, second] = probabilitiesByType(repeats) as [number, number];
    return {
      probability: (chains.length * (first + second)) / 2,
      chains: fromTypedArray(Float32Array.from(chains.flat()), [chains.length, chainLength]),
    };
  });
}

/** H(x) and I(type; x) in nats, by enumeration. */
export function chainInformation(): { readonly entropy: number; readonly aboutType: number } {
  let [entropy, aboutType] = [0, 0];
  for (const [repeats, { probability, chains }] of chainGroups().entries()) {
    const count = chains.shape[0]!;
    entropy -= probability * Math.log(probability / count);
    for (const given of probabilitiesByType(repeats)) {
      aboutType += 0.5 * count * given * Math.log((given * count) / probability);
    }
  }
  return { entropy, aboutType };
}

/** Chains of random type, float32 [count, T]. */
export function drawChains(key: RandomKey, count: number): Tensor {
  const numbers = uniform(key, [count, chainLength + 1]).toTypedArray();
  const symbols = new Float32Array(count * chainLength);
  for (let row = 0; row < count; row++) {
    const at = (t: number): number => numbers[row * (chainLength + 1) + t]!;
    const repeat = repeatProbabilities[at(chainLength) < 0.5 ? 0 : 1];
    let symbol = at(0) < 0.5 ? 0 : 1;
    symbols[row * chainLength] = symbol;
    for (let t = 1; t < chainLength; t++) {
      if (at(t) >= repeat) symbol = 1 - symbol;
      symbols[row * chainLength + t] = symbol;
    }
  }
  return fromTypedArray(symbols, [count, chainLength]);
}
