import { expect, test } from 'vitest';
import type { RunEvaluation } from './evaluation.ts';
import { renderEvaluation } from './render-evaluation.ts';

const evaluation: RunEvaluation = {
  run: 'runs/letters',
  data: { name: 'letters', split: 'held-out', examples: 50 },
  likelihood: 'bernoulli',
  binarization: 'dynamic',
  objective: { kind: 'iwae', samples: 7 },
  elbo: { elbo: -12.345, reconstruction: -10, kl: 2.345, klEstimated: true },
  logLikelihood: {
    logLikelihood: -11.5,
    standardError: 0.012,
    bound: 'lower',
    samples: 100,
    effectiveSamples: { median: 30.25, least: 1.5 },
  },
  latents: { count: 2, active: 1, activeThreshold: 0.01, activity: [0.9, 0.001], kl: [2.3, 0.045] },
  aggregate: {
    examples: 50,
    mutualInformation: { value: 2.1, standardError: 0.05 },
    mutualInformationUpper: { value: 2.4, standardError: 0.25 },
    ceiling: Math.log(50),
    aggregateKl: { value: 0.2, standardError: 0.01 },
  },
  findings: [
    { cause: 'overfitting', severity: 'fault', evidence: {}, explanation: 'It fell.', remedy: 'Stop early.' },
  ],
};

test('an evaluation says what was measured on what, and how exact it is', () => {
  expect(renderEvaluation(evaluation)).toBe(`Run                 runs/letters
Data                letters: 50 examples, held out from training
Likelihood          bernoulli, about values from 0 to 1
Binarisation        dynamic: zeros and ones, drawn once with P(1) = grey
Trained on          iwae:7

ELBO                -12.35 nats per example: a lower bound on ln p(x), from one draw of z for each example
  reconstruction    -10.00 nats
  KL                2.35 nats, an estimate from the same draws
ln p(x)             -11.50 ± 0.012 nats per example: an estimate by importance sampling with 100 draws of z for each example, in expectation a lower bound. The draws are worth 30.3 equal ones in the median example, 1.5 in the worst

Active units        1 of 2, whose posterior means vary by more than 0.01 over the examples
  activity          0.90 0.00
  KL of each        2.30 0.04

KL taken apart      over 50 examples, where q(z) is their mean posterior
  I(x; z)           2.10 ± 0.050 nats at least, 2.40 ± 0.25 nats at most, of ln 50 = 3.91 that could be told
  KL(q(z) ‖ p(z))   0.20 ± 0.010 nats

Collapse doctor     fault: overfitting. It fell. Stop early.`);
});

test('it warns of grey values under coins, and is silent about what was not asked', () => {
  const { aggregate: _, findings: __, ...rest } = evaluation;
  const text = renderEvaluation({ ...rest, binarization: 'none' });
  expect(text).toContain('neither is a likelihood of these data');
  expect(text).not.toMatch(/taken apart|doctor/);
  expect(renderEvaluation({ ...evaluation, findings: [] })).toMatch(
    /Collapse doctor +nothing is the matter$/,
  );
});

test('lines stay within the terminal', () => {
  for (const line of renderEvaluation(evaluation, 70).split('\n')) expect(line.length).toBeLessThan(70);
});
