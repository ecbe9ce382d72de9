import { type ImportanceOptions, type ImportanceTerms, importanceBound, requireOrder } from './importance.ts';

export interface RenyiOptions extends ImportanceOptions {
  /** The order of the divergence: 0 is the importance-weighted bound, 1 the ELBO, below 0 aims above ln p(x). */
  readonly alpha: number;
}

/**
 * The Rényi bound 1/(1 − α) · ln E_q[(p(x, z)/q(z|x))^(1 − α)] (Li & Turner 2016), estimated from K draws. The estimate leans below the bound for α < 1 and above it for α > 1, less with more draws.
 * @throws ArgumentError unless alpha is finite, and as `iwae` does.
 */
export function renyi({ alpha, ...options }: RenyiOptions): ImportanceTerms {
  requireOrder('renyi', alpha);
  return importanceBound('renyi', options, alpha);
}
