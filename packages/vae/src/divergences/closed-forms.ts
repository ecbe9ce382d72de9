import { Bernoulli } from '../distributions/bernoulli.ts';
import { Beta } from '../distributions/beta.ts';
import { Categorical } from '../distributions/categorical.ts';
import { ContinuousBernoulli } from '../distributions/continuous-bernoulli.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { Gamma } from '../distributions/gamma.ts';
import { CorrelatedNormal } from '../distributions/gaussian.ts';
import { Laplace } from '../distributions/laplace.ts';
import { LogNormal } from '../distributions/log-normal.ts';
import { Poisson } from '../distributions/poisson.ts';
import { Uniform } from '../distributions/uniform.ts';
import { type AnyKlForm, formFor } from './closed-kl.ts';
import * as elementwise from './elementwise.ts';
import { klGaussians } from './gaussian.ts';

/** The closed forms that `kl` knows by itself, tried in order. */
export const builtInForms: readonly AnyKlForm[] = [
  formFor(DiagonalNormal, DiagonalNormal, elementwise.klDiagonalNormals),
  formFor(DiagonalNormal, CorrelatedNormal, klGaussians),
  formFor(CorrelatedNormal, DiagonalNormal, klGaussians),
  formFor(CorrelatedNormal, CorrelatedNormal, klGaussians),
  formFor(Bernoulli, Bernoulli, elementwise.klBernoullis),
  formFor(ContinuousBernoulli, ContinuousBernoulli, elementwise.klContinuousBernoullis),
  formFor(Categorical, Categorical, elementwise.klCategoricals),
  formFor(Laplace, Laplace, elementwise.klLaplaces),
  formFor(LogNormal, LogNormal, elementwise.klLogNormals),
  formFor(Gamma, Gamma, elementwise.klGammas),
  formFor(Beta, Beta, elementwise.klBetas),
  formFor(Uniform, Uniform, elementwise.klUniforms),
  formFor(Poisson, Poisson, elementwise.klPoissons),
];
