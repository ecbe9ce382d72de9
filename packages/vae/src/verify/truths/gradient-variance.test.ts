import { expect, test } from 'vitest';
import { finish } from '../../diagnostics/work.ts';
import { passes } from '../ground-truth.ts';
import { type MomentCase, momentCases, verifyMoments, verifyRatios } from './gradient-variance.ts';

const fewer = (moments: MomentCase): MomentCase => ({ ...moments, estimates: moments.estimates / 10 });

test.each(momentCases.map((each) => [each.title, each] as const))(
  '%s, with fewer estimates',
  (_, moments) => {
    const checks = finish(verifyMoments(fewer(moments)));
    expect(checks).toHaveLength(2 * moments.expected.length);
    expect(checks.filter((check) => !passes(check))).toEqual([]);
  },
);

test('signal-to-noise ratios, with fewer draws', () => {
  const checks = finish(verifyRatios(100_000));
  expect(checks).toHaveLength(8);
  expect(checks.filter((check) => !passes(check))).toEqual([]);
});

test('catches an estimator that takes the place of another', () => {
  const { problem, ...rest } = momentCases.at(-1)!;
  const [plain] = problem.estimators;
  const estimators = problem.estimators.map((each) =>
    each.name === 'sticking the landing' ? { ...plain!, name: each.name } : each,
  );
  const checks = finish(verifyMoments(fewer({ ...rest, problem: { ...problem, estimators } })));
  expect(checks.filter((check) => !passes(check)).map(({ quantity }) => quantity)).toEqual([
    'ELBO, q the posterior: sticking the landing, by μ, variance',
    'ELBO, q the posterior: sticking the landing, by ln σ, variance',
  ]);
});
