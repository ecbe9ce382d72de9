import { linearSchedule } from '@reparam/nn';
import { RandomKey, type Tensor } from '@reparam/tensor';
import { latentUsage } from '../../diagnostics/latent-usage.ts';
import type { Work } from '../../diagnostics/work.ts';
import type { ElboOptions } from '../../objectives/elbo.ts';
import type { ObjectiveTerms } from '../../objectives/terms.ts';
import { between, type Check, type GroundTruth, within } from '../ground-truth.ts';
import { inSequence } from '../in-sequence.ts';
import { LinearVae } from '../linear-vae.ts';
import { type PrincipalOptimum, principalOptimum } from '../principal-optimum.ts';
import { principalPoints } from '../principal-points.ts';

export const features = 6;
export const eigenvalues = [4, 2, 1, 0.3, 0.2, 0.1] as const;

/** A linear VAE to train on the 12 points of covariance U·diag(λ)·Uᵀ. */
export interface LinearCase {
  readonly latents: number;
  /** σ² */
  readonly noiseVariance: number | 'learned';
  /** β; 1 unless told. */
  readonly klWeight?: number;
  /** Nats; 0 unless told. */
  readonly freeBits?: number;
}

export const linearCases: readonly LinearCase[] = [
  { latents: 1, noiseVariance: 'learned' },
  { latents: 2, noiseVariance: 'learned' },
  { latents: 3, noiseVariance: 'learned' },
  { latents: 4, noiseVariance: 0.5 },
  { latents: 4, noiseVariance: 1.5 },
  { latents: 4, noiseVariance: 0.5, klWeight: 2 },
  { latents: 4, noiseVariance: 0.5, klWeight: 4 },
  { latents: 4, noiseVariance: 0.5, klWeight: 8 },
  { latents: 4, noiseVariance: 0.5, freeBits: 0.25 },
];

/**
 * The optimum at σ² = .5 with four latents and .25 free nats for each. The two latents that would be worth least spend
 * theirs together, on means a·u₃ ± b·u₄ with a²λ₃ + b²λ₄ = 1 − e^(−½), and of those on the pair that leaves the smallest
 * error, for which there is no formula.
 */
export const freeBitsOptimum: Pick<PrincipalOptimum, 'reconstruction' | 'klPerLatent' | 'objective'> = {
  reconstruction: -5.46064,
  klPerLatent: [0.5 * Math.log(8), 0.5 * Math.log(4), 0.25, 0.25],
  objective: -7.69351,
};

/** Nothing is better than the optimum, but for rounding. */
const rounding = 1e-5;
/** How far the noise of the draws leaves the objective from the optimum. */
const excess = 1e-3;
/** A parameter that is δ off costs the objective about δ²: what is linear in δ has this room where that has `excess`. */
const deviation = 0.015;

/** Trains one case and compares it with the optimum. `objective` takes the place of the library's own bound. */
export function* verifyLinearCase(
  linearCase: LinearCase,
  objective?: (options: ElboOptions) => Pick<ObjectiveTerms, 'loss'>,
): Work<Check[]> {
  const { latents, noiseVariance, klWeight = 1, freeBits = 0 } = linearCase;
  const x = principalPoints(eigenvalues, features);
  const [keyModel, keyFit] = RandomKey.fromSeed(17).split(2) as [RandomKey, RandomKey];
  const model = new LinearVae({ features, latents, noiseVariance, key: keyModel });
  const steps = 800;
  // At each of these β some λ is βσ² exactly. Latents on that edge go out more slowly than any exponential, so they are
  // put out by a larger β first, and small steps do not wake them again.
  const onEdge = klWeight > 1;
  yield* model.fit({
    x,
    draws: 96,
    steps,
    learningRate: onEdge ? 0.02 : 0.05,
    key: keyFit,
    klWeight: onEdge ? linearSchedule({ from: 1.5 * klWeight, to: klWeight, over: 0.6 * steps }) : klWeight,
    freeBits,
    ...(objective && { objective }),
  });
  return compare(model, x, linearCase);
}

function compare(model: LinearVae, x: Tensor, linearCase: LinearCase): Check[] {
  const { klWeight = 1, freeBits = 0, noiseVariance } = linearCase;
  const law = principalOptimum({ ...linearCase, eigenvalues, features });
  const optimum = freeBits > 0 ? freeBitsOptimum : law;
  const { posterior, prior } = model;
  const { reconstruction } = model.exactTerms(x);
  const usage = latentUsage({ x, posterior, prior, key: RandomKey.fromSeed(0) });
  const klPerLatent = usage.klPerLatent!.toSorted((a, b) => b - a);
  const charged = klPerLatent.reduce((total, kl) => total + klWeight * Math.max(kl, freeBits), 0);
  const name = nameOf(linearCase);
  const loss = -optimum.objective;
  const checks = [
    between(
      `${name}: ${klWeight === 1 && freeBits === 0 ? '−ELBO' : 'loss'}`,
      loss,
      charged - reconstruction,
      loss - rounding,
      loss + excess,
    ),
    ...optimum.klPerLatent.map((kl, i) => within(`${name}: KL ${i + 1}`, kl, klPerLatent[i]!, deviation)),
  ];
  if (freeBits > 0) {
    return [...checks, within(`${name}: reconstruction`, optimum.reconstruction, reconstruction, deviation)];
  }
  const activity = usage.activity.toSorted((a, b) => b - a);
  const activityError = Math.max(...law.activity.map((each, i) => Math.abs(activity[i]! - each)));
  const active = law.activity.filter((each) => each > 0).length;
  return [
    ...checks,
    between(`${name}: largest error of Var_x μ`, 0, activityError, 0, deviation),
    between(`${name}: active units`, active, usage.activeUnits, active, active),
    ...(noiseVariance === 'learned'
      ? [within(`${name}: σ²`, law.noiseVariance, model.noiseVariance, deviation * law.noiseVariance)]
      : []),
  ];
}

function nameOf({ latents, noiseVariance, klWeight, freeBits }: LinearCase): string {
  return [
    `q = ${latents}`,
    noiseVariance === 'learned' ? 'σ² learned' : `σ² = ${noiseVariance}`,
    ...(klWeight ? [`β = ${klWeight}`] : []),
    ...(freeBits ? [`${freeBits} nat free`] : []),
  ].join(', ');
}

/** Linear VAEs, whose optimum is known in every respect, with weights on the KL and free bits too. */
export const principalComponents: GroundTruth = {
  title: 'linear VAE = probabilistic PCA',
  claim:
    'The optimum of a linear VAE is probabilistic PCA: KLᵢ = ½ ln(λᵢ/βσ²) where λᵢ > βσ² and 0 elsewhere, Var_x(μᵢ) = ' +
    '1 − βσ²/λᵢ, and a learned σ² is the mean of the eigenvalues without a latent.',
  source: 'Tipping & Bishop 1999; Lucas et al. 2019; Dai et al. 2018',
  *verify() {
    const checks = yield* inSequence(linearCases.map((each) => verifyLinearCase(each)));
    return { checks: checks.flat(), pictures: [] };
  },
};
