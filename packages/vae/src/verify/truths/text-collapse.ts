import { noGrad } from '@reparam/autograd';
import { RandomKey } from '@reparam/tensor';
import type { Work } from '../../diagnostics/work.ts';
import { chainGroups, chainInformation, chainLength } from '../binary-chains.ts';
import { Bigrams, BlindBigrams, type ChainDecoder, ChainVae, FullMemory } from '../chain-vae.ts';
import { between, type Check, type GroundTruth, within } from '../ground-truth.ts';
import { inSequence } from '../in-sequence.ts';
import { stage } from '../stage.ts';

const entropy = 4.308852;
const information = 0.689959;
const symbolEntropy = Math.LN2;

/**
 * −ELBO and KL at the optimum over all q(z|x) of a kind for each number of repeats and all tables of z, by quadrature: what
 * bigrams reach for a normal q and for a mixture of two.
 */
const bigramOptima = {
  normal: { loss: 4.480188, kl: 1.04464 },
  mixture: { loss: 4.370833, kl: 0.870117 },
} as const;

/** Standard error of the draws that the bound is taken with, four times. */
const drawNoise = 0.005;

/** What a system reaches over all chains, in nats per chain. */
export interface ChainBound {
  /** −ELBO */
  readonly loss: number;
  readonly kl: number;
}

export interface ChainFit {
  readonly decoder: (key: RandomKey) => ChainDecoder;
  readonly steps: number;
  /** 0.03 unless told. */
  readonly learningRate?: number;
  /** Of q(z|x); one normal unless told. */
  readonly components?: number;
  /** Of z for the chains of every number of repeats, when the bound is taken. */
  readonly draws?: number;
}

/** Trains a VAE of chains, and takes its bound over all of them by their probabilities. */
export function* fitChains({
  decoder,
  steps,
  learningRate = 0.03,
  components = 1,
  draws = boundDraws,
}: ChainFit): Work<ChainBound> {
  const [keyDecoder, keyEncoder, keyFit, keyBound] = RandomKey.fromSeed(10).split(4) as [
    RandomKey,
    RandomKey,
    RandomKey,
    RandomKey,
  ];
  const model = new ChainVae({ decoder: decoder(keyDecoder), components, key: keyEncoder });
  yield* stage(model.fit({ steps, learningRate, key: keyFit }), 0, 0.9);
  return yield* stage(wholeBound(model, keyBound, draws), 0.9, 1);
}

const boundDraws = 65_536;
const drawsAtOnce = 4096;

function* wholeBound(model: ChainVae, key: RandomKey, draws: number): Work<ChainBound> {
  let [loss, kl, done] = [0, 0, 0];
  const groups = chainGroups();
  for (const { probability, chains } of groups) {
    const times = Math.ceil(drawsAtOnce / chains.shape[0]!);
    const repeated = chains.expand([times, ...chains.shape]).reshape([-1, chainLength]);
    const parts = draws / drawsAtOnce;
    for (let part = 0; part < parts; part++) {
      const terms = noGrad(() => model.terms(repeated, key.foldIn(done)));
      loss -= (probability * terms.elbo.item()) / parts;
      kl += (probability * terms.kl.item()) / parts;
      yield { done: ++done, total: groups.length * parts };
    }
  }
  return { loss, kl };
}

/** What the enumeration of all chains says of the process. */
function processChecks(): Check[] {
  const { entropy: enumerated, aboutType } = chainInformation();
  return [
    within('entropy of the chains', entropy, enumerated, 1e-6),
    within('I(type; x)', information, aboutType, 1e-6),
  ];
}

/** Bigrams that do not look at z: nothing is better than a fair coin for every symbol, and z is not used. */
export function* verifyBlind(decoder: () => ChainDecoder = () => new BlindBigrams()): Work<Check[]> {
  const { loss, kl } = yield* fitChains({ decoder, steps: 200 });
  const target = chainLength * symbolEntropy;
  return [
    between('bigrams without z: −ELBO', target, loss, target - 1e-4, target + 2e-3),
    between('bigrams without z: KL', 0, kl, 0, 1e-3),
  ];
}

/** Bigrams of z, where the latent carries the type. */
function* verifyBigrams(): Work<Check[]> {
  const decoder = (key: RandomKey): ChainDecoder => new Bigrams(key);
  const { normal, mixture } = bigramOptima;
  const one = yield* stage(fitChains({ decoder, steps: 2000 }), 0, 0.5);
  const two = yield* stage(fitChains({ decoder, steps: 1000, components: 2 }), 0.5, 1);
  return [
    between('bigrams of z: −ELBO', normal.loss, one.loss, normal.loss - drawNoise, normal.loss + 0.03),
    between('bigrams of z: KL', normal.kl, one.kl, 0.9, 1.12),
    between('bigrams of z, mixture q: −ELBO', mixture.loss, two.loss, 4.35, 4.48),
    within('bigrams of z, mixture q: KL', mixture.kl, two.kl, 0.1),
  ];
}

/** A decoder that remembers all: the bound is the entropy, and nothing is left for a latent to say. */
function* verifyFullMemory(): Work<Check[]> {
  const { loss, kl } = yield* fitChains({ decoder: (key) => new FullMemory(key), steps: 900 });
  return [
    between('full memory: −ELBO', entropy, loss, entropy - drawNoise, entropy + 0.01),
    between('full memory: KL', 0, kl, 0, 0.01),
  ];
}

export const textCollapse: GroundTruth = {
  title: 'posterior collapse on binary chains',
  claim:
    'Chains of two types, one that repeats itself with probability .9 and one with .1. A decoder that sees one symbol back ' +
    'needs the latent for the type; one that remembers all reaches the entropy without it, and there collapse is right.',
  source: 'Bowman et al. 2016; Chen et al. 2017; the optimum of bigrams by quadrature',
  *verify() {
    const checks = yield* inSequence([verifyBlind(), verifyBigrams(), verifyFullMemory()]);
    return { checks: [...processChecks(), ...checks.flat()], pictures: [] };
  },
};
