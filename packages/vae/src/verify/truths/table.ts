import type { GroundTruth } from '../ground-truth.ts';
import { flowInvariants } from './always.ts';
import { bayesianRegression } from './bayesian-regression.ts';
import { eightSchools } from './eight-schools.ts';
import { gradientVariance } from './gradient-variance.ts';
import { importanceBound } from './importance-bound.ts';
import { manifold } from './manifold.ts';
import { mixturePrior } from './mixture-prior.ts';
import { planarEnergies } from './planar-energies.ts';
import { principalComponents } from './principal-components.ts';
import { stateSpace } from './state-space.ts';
import { textCollapse } from './text-collapse.ts';

/** Everything with an exact answer that the library is put to, by the letters that the documentation gives them. */
export const groundTruths = {
  A: principalComponents,
  B: planarEnergies,
  C: importanceBound,
  D: gradientVariance,
  E: bayesianRegression,
  F: eightSchools,
  G: stateSpace,
  H: mixturePrior,
  I: textCollapse,
  J: manifold,
  K: flowInvariants,
} as const satisfies Readonly<Record<string, GroundTruth>>;

export type GroundTruthName = keyof typeof groundTruths;
