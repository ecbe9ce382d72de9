import { compile, gradients, type Variable } from '@reparam/autograd';
import { adam } from '@reparam/nn';
import {
  backend,
  RandomKey,
  RecordedReadError,
  referenceBackend,
  scalar,
  type Tensor,
  uniform,
  useBackend,
  WasmBackend,
  wasmAvailable,
} from '@reparam/tensor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunningMeanBaseline } from '../objectives/running-mean-baseline.ts';
import { createObjective, type ObjectiveName } from '../objectives/table.ts';
import type { VaeSettings } from './settings.ts';
import { Vae } from './vae.ts';

/** Backends on which rounding does not depend on how a step is cut into kernels. */
const backends = [
  referenceBackend,
  ...(wasmAvailable() ? [new WasmBackend({ deterministic: true, sparesSmall: false })] : []),
] as const;
const usual = backend();
afterAll(() => {
  useBackend(usual);
});

const key = RandomKey.fromSeed(8);
type Settings = Partial<VaeSettings>;

/** A model with all that one of its training steps changes. */
function build(settings: Settings, objectiveName: ObjectiveName) {
  const model = new Vae({ features: 16, latent: 3, hidden: [5], ...settings }, key);
  const optimizer = adam(model.namedParameters());
  const baseline = new RunningMeanBaseline();
  const options = objectiveName === 'score' ? { baseline: 'running-mean' } : {};
  const objective = createObjective(objectiveName, options);
  const step = (x: Tensor, keyDraw: RandomKey, klWeight: Tensor): { loss: Variable; kl: Variable } => {
    const terms = objective({
      x,
      posterior: model.encode(x),
      prior: model.prior.forward(),
      decode: (z) => model.decode(z),
      key: keyDraw,
      klWeight,
      datasetSize: 50,
      runningMean: baseline.mean(),
    });
    optimizer.step(gradients(terms.loss, model.parameters()).map(({ value }) => value));
    if (terms.signal) baseline.update(terms.signal);
    return { loss: terms.loss, kl: terms.kl };
  };
  const state = (): unknown => {
    const all = { ...model.state(), ...optimizer.state(), ...baseline.state() };
    return Object.entries(all).map(([name, each]) => [name, Array.from(each.toTypedArray())]);
  };
  return { step, state };
}

const models: readonly (readonly [string, Settings, ObjectiveName])[] = [
  ['a plain model', {}, 'elbo'],
  ['in double precision', { dtype: 'float64' }, 'elbo'],
  ['convolutions', { network: { kind: 'conv', image: [4, 4], channels: [2, 3] } }, 'elbo'],
  ['a full posterior', { posterior: { kind: 'full' } }, 'elbo'],
  ['a low-rank posterior', { posterior: { kind: 'low-rank' } }, 'elbo'],
  ['a mixture of posteriors', { posterior: { kind: 'mixture' } }, 'elbo'],
  ['a mixture prior', { prior: { kind: 'mixture' } }, 'elbo'],
  ['a VampPrior', { prior: { kind: 'vamp', components: 4 } }, 'elbo'],
  ['a flow prior', { prior: { kind: 'flow', flow: 'realnvp' } }, 'elbo'],
  ['an inverse autoregressive flow', { flow: { kind: 'iaf' } }, 'elbo'],
  ['spline couplings', { flow: { kind: 'spline-coupling' } }, 'elbo'],
  ['planar flows', { flow: { kind: 'planar' } }, 'elbo'],
  ['a Gaussian likelihood', { likelihood: { kind: 'gaussian' } }, 'elbo'],
  ['a mixture of logistics', { likelihood: { kind: 'discretized-logistic' } }, 'elbo'],
  ['sticking the landing', {}, 'stl'],
  ['the score function with a running mean', {}, 'score'],
  ['importance weighting', {}, 'iwae'],
  ['double reparameterisation', {}, 'dreg'],
  ['VIMCO', {}, 'vimco'],
  ['a Rényi bound', {}, 'renyi'],
  ['total correlation', {}, 'beta-tc'],
  ['maximum mean discrepancy', {}, 'info-vae'],
];

describe.each(backends)(
  'on the backend $name, a compiled training step is the step outside, bit for bit:',
  (active) => {
    beforeAll(() => {
      useBackend(active);
    });

    test.each(models)('%s', (_, settings, objective) => {
      const x = uniform(key.foldIn(1), [6, 16], settings.dtype ? { dtype: settings.dtype } : {});
      const [eager, other] = [build(settings, objective), build(settings, objective)];
      const compiled = compile(other.step);
      for (let step = 0; step < 3; step++) {
        const weight = scalar((step + 1) / 4, { dtype: x.dtype });
        const [expected, actual] = [eager.step, compiled].map((run) => run(x, key.foldIn(step), weight));
        expect(actual!.loss.item()).toBe(expected!.loss.item());
        expect(actual!.kl.item()).toBe(expected!.kl.item());
      }
      expect(other.state()).toStrictEqual(eager.state());
    });
  },
);

// Their number of iterations depends on values.
test.each<[string, Settings]>([
  ['residual flows, whose weights are normalised until that settles', { flow: { kind: 'residual' } }],
  [
    'Sylvester flows, whose basis is made orthonormal until it is',
    { flow: { kind: 'sylvester-orthogonal' } },
  ],
  ['a planar prior, which is inverted by bisection', { prior: { kind: 'flow', flow: 'planar' } }],
])('not compiled: %s', (_, settings) => {
  const { step } = build(settings, 'elbo');
  expect(() => compile(step)(uniform(key, [6, 16]), key, scalar(1))).toThrow(RecordedReadError);
});
