/** A matrix [3, 3] of determinant 2.454. */
export const square = [
  [1.2, -0.5, 0.3],
  [0.4, 0.8, -0.9],
  [-0.6, 0.7, 1.5],
] as const;

/** [2, 2, 2], with determinants of either sign. */
export const pair = [
  [
    [1.1, 0.3],
    [0.6, -0.8],
  ],
  [
    [-0.9, 0.5],
    [0.2, -1.4],
  ],
] as const;

/** [2, 2], not symmetric, but with a positive definite symmetric part. */
export const skewed = [
  [2.1, 0.4],
  [-0.3, 1.2],
] as const;

/** [3, 2] */
export const rightHandSides = [
  [0.3, -1.2],
  [0.7, 0.4],
  [-0.5, 1.1],
] as const;
