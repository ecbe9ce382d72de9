import { countActive } from '../latent-usage.ts';
import { type Finding, show } from './finding.ts';
import type { EpochRecord, RunRecord } from './record.ts';

/** Nats of KL, over all latents, below which z tells less of x than a tenth of a natural unit: next to nothing. */
const vanishedKl = 0.1;

/** By how much a reconstruction has to differ from a reference to count: this many nats, or this share of it. */
const [leastDifference, leastShare] = [0.1, 0.01];

/**
 * How far λ must exceed βσ² for a latent to be missed: a latent just above would bring ½ ln 1.25 = .11 nats at most,
 * and takes longest to learn.
 */
const clearMargin = 1.25;

/** A run without annealing, or with less than this share of its epochs, gave latents no start. */
const shortAnnealing = 0.1;

/**
 * Latents that are not used, and whether they should be. The judge is the law of linear VAEs, which has a latent for a
 * direction of variance λ active exactly if λ > βσ² (Lucas et al. 2019); other decoders come near it.
 */
export function unusedLatents(record: RunRecord): Finding[] {
  const last = record.epochs.at(-1)!;
  const latents = last.heldOut.activity.length;
  const active = countActive(last.heldOut.activity);
  const vanished = last.heldOut.kl < vanishedKl;
  if (!vanished && active === latents) return [];
  const lawful = vanished ? decoderWithoutLatents(record, last) : undefined;
  if (lawful) return [lawful];

  const law = lawOf(record, last);
  if (!law) {
    if (vanished) return [unlawful(record, last)];
    return [explainTooLittle(record, last, active, 'warning')];
  }
  const wanted = law.expected(record.settings.beta * clearMargin);
  if (active < wanted || (vanished && wanted > 0)) return [unlawful(record, last, { wanted, active })];
  const silenced = law.expected(clearMargin) - wanted;
  const findings: Finding[] = silenced > 0 ? [weightTooHigh(record, last, { silenced, vanished })] : [];
  if (findings.length > 0 && vanished) return findings;
  if (vanished) return [noiseExceedsSignal(last, law.principalVariances[0]!)];
  return [...findings, explainTooLittle(record, last, active, 'lawful', law.principalVariances)];
}

interface Law {
  readonly principalVariances: readonly number[];
  /** Latents with λ > factor·σ². */
  expected(factor: number): number;
}

function lawOf({ data }: RunRecord, { noiseVariance, heldOut }: EpochRecord): Law | undefined {
  const principalVariances = data?.principalVariances;
  if (!principalVariances || noiseVariance === undefined) return undefined;
  const explained = principalVariances.slice(0, heldOut.activity.length);
  return {
    principalVariances,
    expected: (factor) => explained.filter((lambda) => lambda > factor * noiseVariance).length,
  };
}

/** The decoder reconstructs better than any that ignores z and takes features as independent: by its own memory. */
function decoderWithoutLatents({ data }: RunRecord, { heldOut }: EpochRecord): Finding | undefined {
  const reference = data?.independentReconstruction;
  const entropy = data?.entropy;
  const exhausted = entropy !== undefined && heldOut.reconstruction > -entropy - differenceFrom(entropy);
  if (!exhausted) {
    if (reference === undefined) return undefined;
    if (heldOut.reconstruction < reference + differenceFrom(reference)) return undefined;
  }
  return {
    cause: 'decoder-needs-no-latents',
    severity: exhausted ? 'lawful' : 'fault',
    evidence: {
      kl: heldOut.kl,
      reconstruction: heldOut.reconstruction,
      ...(reference !== undefined && { independentReconstruction: reference }),
      ...(entropy !== undefined && { entropy }),
    },
    explanation: exhausted
      ? `The decoder alone reaches ${show(heldOut.reconstruction)} nats, which is the data's entropy: there is nothing ` +
        'left for z to tell, and a KL of 0 is the optimum.'
      : `The KL is ${show(heldOut.kl)} nats, yet the reconstruction of ${show(heldOut.reconstruction)} is better than ` +
        `the ${show(reference!)} of independent features: the decoder models what is in x from x itself.`,
    remedy: exhausted
      ? 'Nothing is wrong with the density. For codes that mean something, take a weaker decoder.'
      : 'Shorten what the decoder sees of x (a smaller context, dropped-out inputs), or use free bits.',
  };
}

/** Latents are missing that the data would pay for. */
function unlawful(
  { settings, epochs, data }: RunRecord,
  last: EpochRecord,
  counts?: { readonly wanted: number; readonly active: number },
): Finding {
  const { beta, annealEpochs, initialNoiseVariance } = settings;
  const smallest = counts ? data!.principalVariances![counts.wanted - 1]! : data?.meanVariance;
  const missing = counts
    ? `${counts.active} latents are active where the variances of the data would pay for ${counts.wanted}`
    : `The KL is ${show(last.heldOut.kl)} nats: the decoder ignores z`;
  const common = { severity: 'fault', evidence: { kl: last.heldOut.kl, ...counts } } as const;
  if (initialNoiseVariance !== undefined && smallest !== undefined && initialNoiseVariance >= smallest) {
    return {
      ...common,
      cause: 'initial-noise-too-large',
      evidence: { ...common.evidence, initialNoiseVariance, explainedVariance: smallest },
      explanation:
        `${missing}. The noise variance started at ${show(initialNoiseVariance)}, above the ${show(smallest)} that a ` +
        'latent could explain, so that latents were switched off before they were learned.',
      remedy: `Start with a noise variance well below ${show(smallest)}, say ${show(smallest / 100)}.`,
    };
  }
  if (!counts && beta > 1) return weightTooHigh({ settings, epochs }, last, { vanished: true });
  const early = epochs.find(({ klWeight, heldOut }) => klWeight < last.klWeight && heldOut.kl > vanishedKl);
  const short = annealEpochs < shortAnnealing * epochs.length;
  return {
    ...common,
    cause: 'annealing-too-short',
    evidence: {
      ...common.evidence,
      annealEpochs,
      epochs: epochs.length,
      ...(early && { aliveInEpoch: early.epoch, klThen: early.heldOut.kl }),
    },
    explanation:
      `${missing}. ` +
      (early
        ? `In epoch ${early.epoch}, at a KL weight of ${show(early.klWeight)}, the KL was ${show(early.heldOut.kl)}: ` +
          'latents were in use until the weight had grown.'
        : `The KL counted for its full weight ${short ? 'almost from the start' : 'before latents were of any use'}.`),
    remedy:
      `Anneal the KL weight over more than ${show(annealEpochs)} epochs, or in cycles, or give each latent free bits ` +
      '(0.1 to 0.5 nats).',
  };
}

function weightTooHigh(
  { settings: { beta } }: Pick<RunRecord, 'settings' | 'epochs'>,
  { heldOut }: EpochRecord,
  { silenced, vanished }: { readonly silenced?: number; readonly vanished: boolean },
): Finding {
  return {
    cause: 'kl-weight-too-high',
    severity: vanished ? 'fault' : 'warning',
    evidence: { beta, kl: heldOut.kl, ...(silenced !== undefined && { silenced }) },
    explanation:
      silenced === undefined
        ? `The KL is ${show(heldOut.kl)} nats, and counts ${show(beta)}-fold.`
        : `At β = ${show(beta)} a latent has to explain a variance of βσ², and ${silenced} that would be active at ` +
          'β = 1 cannot.',
    remedy: 'Lower β towards 1, or lower the noise variance by the same factor.',
  };
}

function noiseExceedsSignal({ noiseVariance, heldOut }: EpochRecord, largest: number): Finding {
  return {
    cause: 'noise-exceeds-signal',
    severity: 'fault',
    evidence: { kl: heldOut.kl, noiseVariance: noiseVariance!, largestPrincipalVariance: largest },
    explanation:
      `The decoder's noise variance ${show(noiseVariance!)} is not clearly below ${show(largest)}, the most that one ` +
      'latent could explain: ignoring z is the optimum.',
    remedy: `Fix the noise variance well below ${show(largest)}, or let it be learned from such a start.`,
  };
}

function explainTooLittle(
  { settings: { beta } }: RunRecord,
  { heldOut, noiseVariance }: EpochRecord,
  active: number,
  severity: 'lawful' | 'warning',
  principalVariances?: readonly number[],
): Finding {
  const latents = heldOut.activity.length;
  const next = principalVariances?.[active];
  return {
    cause: 'latents-explain-too-little',
    severity,
    evidence: {
      active,
      latents,
      beta,
      ...(noiseVariance !== undefined && { noiseVariance }),
      ...(next !== undefined && { nextPrincipalVariance: next }),
    },
    explanation:
      `${active} of ${latents} latents are active. ` +
      (severity === 'warning'
        ? 'The others may have nothing to explain, or never came to; what variances the data have would tell.'
        : next === undefined
          ? 'The data have no further direction to explain.'
          : `The next direction of the data has the variance ${show(next)}, no match for the noise βσ² = ` +
            `${show(beta * noiseVariance!)}.`),
    remedy:
      severity === 'warning'
        ? 'If more latents should be in use, lower β, anneal longer, or use free bits. If not, fewer latents do.'
        : `None is needed: ${active} latents do the same. A lower noise variance would bring more.`,
  };
}

function differenceFrom(reference: number): number {
  return Math.max(leastDifference, leastShare * Math.abs(reference));
}
