import { parameter } from '@reparam/autograd';
import { tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { finish } from '../../diagnostics/work.ts';
import { ParameterPosterior } from '../../inference/parameter-posterior.ts';
import { passes } from '../ground-truth.ts';
import { bayesianRegression, exact, meanFieldChecks } from './bayesian-regression.ts';

const float64 = { dtype: 'float64' } as const;

test('training reaches the exact posterior', () => {
  const { checks } = finish(bayesianRegression.verify());
  expect(checks.filter((check) => !passes(check))).toEqual([]);
  expect(checks).toHaveLength(11);
});

test('the targets are those of the posterior precision I + 4XᵀX = [[21, 40], [40, 121]] and of 4Xᵀy', () => {
  const t = [0, 1, 2, 3, 4];
  const y = [1.1, 2.9, 5.2, 6.8, 9.1];
  const sum = (f: (i: number) => number): number => t.reduce((total, i) => total + f(i), 0);
  const determinant = 21 * 121 - 40 ** 2;
  const [c, d] = [4 * sum((i) => y[i]!), 4 * sum((i) => y[i]! * i)];
  const mean = [(121 * c - 40 * d) / determinant, (21 * d - 40 * c) / determinant] as const;
  expect(exact.mean).toEqual(mean.map((each) => expect.closeTo(each, 6)));
  expect(exact.meanFieldVariances).toEqual([expect.closeTo(1 / 21, 6), expect.closeTo(1 / 121, 6)]);
  // ln N(y; 0, XXᵀ + ¼I): its determinant is |Λ|·¼⁵, and yᵀ(…)⁻¹y = 4yᵀy − meanᵀΛ mean.
  const quadratic = 4 * sum((i) => y[i]! ** 2) - (mean[0] * c + mean[1] * d);
  const logEvidence = -0.5 * (5 * Math.log((2 * Math.PI) / 4) + Math.log(determinant) + quadratic);
  expect(exact.logEvidence).toBeCloseTo(logEvidence, 6);
  // The gap is ½(ln 21 + ln 121 − ln|Λ|).
  expect(exact.meanFieldElbo).toBeCloseTo(logEvidence - 0.5 * Math.log((21 * 121) / determinant), 6);
});

/** The mean-field posterior with scales that are off by a factor. */
function posteriorWith(factor: number): ParameterPosterior {
  const posterior = new ParameterPosterior({ weight: parameter(tensor([...exact.mean], float64)) });
  const scales = exact.meanFieldVariances.map((variance) => Math.log(factor * Math.sqrt(variance)));
  posterior.logScale.assign(tensor(scales, float64));
  return posterior;
}

test('what lacks the ½ on the log-ratio of the KL, and has √2 the scales, does not pass', () => {
  expect(meanFieldChecks('exact', posteriorWith(1)).every(passes)).toBe(true);
  const failed = meanFieldChecks('wide', posteriorWith(Math.SQRT2)).filter((check) => !passes(check));
  expect(failed.map(({ quantity }) => quantity)).toEqual([
    'wide: ELBO',
    'wide: variance of w1',
    'wide: variance of w2',
  ]);
});
