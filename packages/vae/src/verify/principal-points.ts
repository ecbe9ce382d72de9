import { type Tensor, tensor } from '@reparam/tensor';

/** Column j of the reflection I − 2vvᵀ/‖v‖² with v = (1, …, D): orthonormal directions along no axis. */
export function principalDirection(j: number, features: number): number[] {
  const squaredNorm = (features * (features + 1) * (2 * features + 1)) / 6;
  return Array.from(
    { length: features },
    (_, i) => (i === j ? 1 : 0) - (2 * (i + 1) * (j + 1)) / squaredNorm,
  );
}

/**
 * Points ±√(kλⱼ)·uⱼ whose mean is 0 and whose covariance has exactly the k given eigenvalues λ, and zeros for the
 * remaining directions: float64 [2k, features].
 */
export function principalPoints(eigenvalues: readonly number[], features: number): Tensor {
  const rows = eigenvalues.flatMap((lambda, j) => {
    const length = Math.sqrt(eigenvalues.length * lambda);
    return [length, -length].map((signed) => principalDirection(j, features).map((u) => signed * u));
  });
  return tensor(rows, { dtype: 'float64' });
}
