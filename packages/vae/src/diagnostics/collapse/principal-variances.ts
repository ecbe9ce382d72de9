import { matmul, noGrad, qr, Variable } from '@reparam/autograd';
import { ArgumentError, formatShape, normal, RandomKey, ShapeError, type Tensor } from '@reparam/tensor';
import { requireCount } from '../../objectives/arguments.ts';

/** Directions beyond those asked for: they hasten the convergence of the last ones. */
const extraDirections = 4;
/** Of the change between two iterations, relative to the largest eigenvalue. */
const tolerance = 1e-7;
const mostIterations = 1000;

/**
 * The largest eigenvalues of the covariance (divided by N) of examples [N, D], largest first, by orthogonal iteration
 * (Golub & Van Loan 2013, §8.2.4), for which the covariance is never formed; good to about five digits. They are what the latents of a linear VAE
 * can explain. @throws ShapeError unless the examples are [N, D], ArgumentError unless there are `count` directions.
 */
export function principalVariances(examples: Tensor, count: number): number[] {
  if (examples.rank !== 2 || examples.size === 0) {
    throw new ShapeError('principalVariances', `examples are ${formatShape(examples.shape)}; give [N, D].`, {
      examples: examples.shape,
    });
  }
  requireCount('principalVariances', 'count', count);
  const [rows, features] = examples.shape as readonly [number, number];
  if (count > features) {
    throw new ArgumentError(
      'principalVariances',
      'count',
      count,
      `count is ${count}, but examples of ${formatShape(examples.shape)} have ${features} directions.`,
    );
  }
  return noGrad(() => {
    const x = new Variable(examples.cast('float64'));
    const centred = x.sub(x.mean({ axes: 0, keepDims: true }));
    const width = Math.min(features, count + extraDirections);
    let basis = qr(normal(RandomKey.fromSeed(0), [features, width], { dtype: 'float64' })).q;
    let variances = new Float64Array(width);
    for (let iteration = 0; iteration < mostIterations; iteration++) {
      const image = matmul(centred, matmul(centred, basis), { transposeA: true }).div(rows);
      const { q, r } = qr(image);
      const next = Float64Array.from(r.diagonal().value.toTypedArray());
      const change = Math.max(...next.map((value, i) => Math.abs(value - variances[i]!)));
      basis = q;
      variances = next;
      if (change <= tolerance * Math.max(...next)) break;
    }
    return Array.from(variances)
      .sort((a, b) => b - a)
      .slice(0, count);
  });
}
