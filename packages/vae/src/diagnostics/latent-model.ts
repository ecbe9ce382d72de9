import type { Variable } from '@reparam/autograd';
import type { Tensor } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';

/** p(x, z) = p(x|z) p(z) */
export interface GenerativeModel {
  /** p(z): event [latent], without batch axes. */
  readonly prior: Distribution;
  /** p(x|z) for z [N, latent]: a batch of [N]. */
  readonly decode: (z: Variable) => Distribution;
}

/** A generative model with an approximate posterior, which is all that a diagnosis needs to know of a VAE. */
export interface LatentModel extends GenerativeModel {
  /** q(z|x) for x [B, …]: a batch of [B] over events [latent]. */
  readonly posterior: (x: Tensor) => Distribution;
}

/** ln p(x, z) in nats for z [S, B, latent] and x [B, …]: [S, B]. */
export function logJoint({ prior, decode }: GenerativeModel, x: Tensor, z: Variable): Variable {
  const [draws, examples, latent] = z.shape as readonly [number, number, number];
  const rows = x.expand([draws, ...x.shape]).reshape([draws * examples, ...x.shape.slice(1)]);
  const logLikelihood = decode(z.reshape([draws * examples, latent])).logProb(rows);
  return logLikelihood.reshape([draws, examples]).add(prior.logProb(z));
}

/** Rows start … end − 1 of x, at most `size` of them, over and over until all were seen. */
export function* blocks(x: Tensor, size: number): Generator<{ start: number; rows: Tensor }, void> {
  const count = x.shape[0]!;
  for (let start = 0; start < count; start += size) {
    yield { start, rows: x.slice([[start, Math.min(start + size, count)]]) };
  }
}
