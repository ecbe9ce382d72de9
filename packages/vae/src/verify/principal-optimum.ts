/** What a linear VAE is at its optimum: per point, in nats. */
export interface PrincipalOptimum {
  /** σ² of the decoder. */
  readonly noiseVariance: number;
  readonly reconstruction: number;
  /** Largest first, as the eigenvalues are. */
  readonly klPerLatent: readonly number[];
  readonly kl: number;
  /** Var_x(μᵢ) of each latent. */
  readonly activity: readonly number[];
  /** reconstruction − β·KL, which is the ELBO at β = 1. */
  readonly objective: number;
}

/**
 * The global optimum of a linear VAE (Lucas et al. 2019, following Tipping & Bishop 1999): with s = βσ², latent i has
 * KL ½ ln(λᵢ/s) and activity 1 − s/λᵢ where λᵢ > s, and is off elsewhere. What it leaves of λᵢ is s; a direction
 * without a latent that is on leaves all of it. A σ² that is learned is the mean of the eigenvalues without a latent.
 * @param options.noiseVariance σ², `learned` at β = 1 only
 */
export function principalOptimum({
  eigenvalues,
  features,
  latents,
  noiseVariance,
  klWeight = 1,
}: {
  /** λ from largest to smallest, zeros left out. */
  readonly eigenvalues: readonly number[];
  readonly features: number;
  readonly latents: number;
  readonly noiseVariance: number | 'learned';
  readonly klWeight?: number;
}): PrincipalOptimum {
  const discarded = sum(eigenvalues.slice(latents));
  const sigma2 = noiseVariance === 'learned' ? discarded / (features - latents) : noiseVariance;
  const floor = klWeight * sigma2;
  const explained = eigenvalues.slice(0, latents);
  const klPerLatent = explained.map((lambda) => Math.max(0, 0.5 * Math.log(lambda / floor)));
  const kl = sum(klPerLatent);
  const residual = discarded + sum(explained.map((lambda) => Math.min(lambda, floor)));
  const reconstruction = -0.5 * (features * Math.log(2 * Math.PI * sigma2) + residual / sigma2);
  return {
    noiseVariance: sigma2,
    reconstruction,
    klPerLatent,
    kl,
    activity: explained.map((lambda) => Math.max(0, 1 - floor / lambda)),
    objective: reconstruction - klWeight * kl,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
