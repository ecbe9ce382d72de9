import { importanceProblem, optimalPosteriorProblem } from './bound-problems.ts';
import { coinProblem, squaredNormProblem } from './expectation-problems.ts';
import type { EstimatorProblem } from './problem.ts';

/** What the laboratory is usually asked. */
export const standardProblems: readonly EstimatorProblem[] = [
  squaredNormProblem({ dimensions: 1, location: 0.7, scale: 1.3 }),
  squaredNormProblem({ dimensions: 100, location: 0, scale: 1 }),
  coinProblem({ probability: 0.5, target: 0.45, temperature: 0.5 }),
  coinProblem({ probability: 0.2, target: 0.45, temperature: 0.5 }),
  optimalPosteriorProblem({ x: 1, noiseVariance: 1 }),
  ...[1, 16, 256].map((samples) =>
    importanceProblem({ x: 1, noiseVariance: 1, location: 0.7, scale: 0.8, samples }),
  ),
];
