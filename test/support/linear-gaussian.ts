import { matmul, type Variable } from '@reparam/autograd';
import { type Tensor, tensor } from '@reparam/tensor';
import { DiagonalNormal, type Distribution } from '@reparam/vae';

const float64 = { dtype: 'float64' } as const;

/**
 * z ~ N(0, I), x|z ~ N(zW, σ²I) in float64, where everything is known exactly because the rows w_l of W are
 * orthogonal: p(x) = N(0, WᵀW + σ²I), and p(z|x) has independent dimensions.
 */
export interface LinearGaussian {
  readonly prior: Distribution;
  readonly decode: (z: Variable) => Distribution;
  /** The exact p(z|x). */
  readonly posterior: (x: Tensor) => Distribution;
  /** ln p(x) of one example. */
  readonly logEvidence: (x: readonly number[]) => number;
}

/** `weight`: rows w_l, orthogonal to each other. */
export function linearGaussian(
  weight: readonly (readonly number[])[],
  noiseVariance: number,
): LinearGaussian {
  const squares = weight.map((row) => row.reduce((sum, w) => sum + w * w, 0));
  const variances = squares.map((square) => noiseVariance / (noiseVariance + square));
  // E[z_l|x] = w_lᵀx/(σ² + ‖w_l‖²)
  const encoder = tensor(
    weight[0]!.map((_, j) => weight.map((row, l) => row[j]! / (noiseVariance + squares[l]!))),
    float64,
  );
  const decoder = tensor(
    weight.map((row) => [...row]),
    float64,
  );
  return {
    prior: DiagonalNormal.standard(weight.length, 'float64'),
    decode: (z) => DiagonalNormal.fromScale(matmul(z, decoder), Math.sqrt(noiseVariance)),
    posterior: (x) => DiagonalNormal.fromScale(matmul(x, encoder), tensor(variances.map(Math.sqrt), float64)),
    logEvidence: (x) => {
      const explained = weight.reduce(
        (sum, row, l) =>
          sum + row.reduce((dot, w, j) => dot + w * x[j]!, 0) ** 2 / (noiseVariance + squares[l]!),
        0,
      );
      const quadratic = (x.reduce((sum, value) => sum + value * value, 0) - explained) / noiseVariance;
      const logDeterminant =
        x.length * Math.log(noiseVariance) - variances.reduce((sum, v) => sum + Math.log(v), 0);
      return -0.5 * (x.length * Math.log(2 * Math.PI) + logDeterminant + quadratic);
    },
  };
}
