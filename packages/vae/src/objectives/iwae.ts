import { type ImportanceOptions, type ImportanceTerms, importanceBound } from './importance.ts';

/**
 * The importance-weighted bound L_K = E ln (1/K) Σ_k p(x, z_k)/q(z_k|x) (Burda et al. 2016, equation 8), which grows
 * with K from the ELBO to ln p(x). With `klWeight` β ≠ 1 (a warm-up) the loss has the weights p(x|z)(p(z)/q(z|x))^β.
 * @throws ArgumentError on options out of range, and for a posterior that its estimator cannot differentiate;
 * ShapeError unless the axes of x begin with the posterior's batch.
 */
export function iwae(options: ImportanceOptions): ImportanceTerms {
  return importanceBound('iwae', options, 0);
}
