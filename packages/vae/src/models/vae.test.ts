import type { Variable } from '@reparam/autograd';
import { RandomKey, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../test/support/check-module-gradients.ts';
import { tinyModel } from '../../../../test/support/tiny-run.ts';
import { Bernoulli } from '../distributions/bernoulli.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { Mixture } from '../distributions/mixture.ts';
import { FlowDistribution } from '../flows/flow-distribution.ts';
import type { LikelihoodSettings } from './likelihoods.ts';
import type { FlowSettings } from './posterior-flows.ts';
import type { PriorSettings } from './priors/table.ts';
import type { VaeSettings } from './settings.ts';
import { Vae } from './vae.ts';

const key = RandomKey.fromSeed(28);

const plain: VaeSettings = { ...tinyModel, latent: 2, hidden: [4], activation: 'tanh', dtype: 'float64' };

const priors: PriorSettings[] = [{ kind: 'normal' }, { kind: 'mixture', components: 3 }];
const flows: FlowSettings[] = [{ kind: 'none' }, { kind: 'planar', layers: 2 }];
const likelihoods: LikelihoodSettings[] = [
  { kind: 'bernoulli' },
  { kind: 'gaussian', scale: 0.5 },
  { kind: 'gaussian', scale: 'learned' },
  { kind: 'gaussian', scale: 'network' },
];

const combinations = priors.flatMap((prior) =>
  flows.flatMap((flow) =>
    likelihoods.map((likelihood) => {
      const scale = likelihood.kind === 'gaussian' ? ` (${likelihood.scale})` : '';
      const name = `${prior.kind} prior, ${flow.kind} flow, ${likelihood.kind}${scale}`;
      return [name, { ...plain, prior, flow, likelihood }] as const;
    }),
  ),
);

const x = [
  [0, 1, 0.5],
  [1, 0, 0.25],
];

function shapesOf(settings: Partial<VaeSettings>): Record<string, readonly number[]> {
  const parameters = new Vae({ ...plain, ...settings }, key).namedParameters();
  return Object.fromEntries(Object.entries(parameters).map(([path, { shape }]) => [path, shape]));
}

describe('parameters', () => {
  test('of the plainest model', () => {
    expect(shapesOf({})).toEqual({
      'encoder.trunk.dense.layers.0.weight': [3, 4],
      'encoder.trunk.dense.layers.0.bias': [4],
      'encoder.location.weight': [4, 2],
      'encoder.location.bias': [2],
      'encoder.spread.weight': [4, 2],
      'encoder.spread.bias': [2],
      'decoder.network.dense.layers.0.weight': [2, 4],
      'decoder.network.dense.layers.0.bias': [4],
      'decoder.network.locations.weight': [4, 3],
      'decoder.network.locations.bias': [3],
    });
  });

  test('of a model with everything, its decoder the mirror of its encoder', () => {
    const shapes = shapesOf({
      hidden: [5, 4],
      prior: { kind: 'mixture', components: 7 },
      flow: { kind: 'planar', layers: 6 },
      likelihood: { kind: 'gaussian', scale: 'network' },
    });
    expect(shapes).toMatchObject({
      'encoder.trunk.dense.layers.0.weight': [3, 5],
      'encoder.trunk.dense.layers.2.weight': [5, 4],
      'encoder.flow.head.weight': [4, 6 * (2 + 2 + 1)],
      'decoder.network.dense.layers.0.weight': [2, 4],
      'decoder.network.dense.layers.2.weight': [4, 5],
      'decoder.network.locations.weight': [5, 3],
      'decoder.network.spreads.weight': [5, 3],
      'prior.logits': [7],
      'prior.locations': [7, 2],
      'prior.logScales': [7, 2],
    });
  });

  test('of a linear model with a learned scale', () => {
    expect(shapesOf({ hidden: [], likelihood: { kind: 'gaussian', scale: 'learned' } })).toEqual({
      'encoder.location.weight': [3, 2],
      'encoder.location.bias': [2],
      'encoder.spread.weight': [3, 2],
      'encoder.spread.bias': [2],
      'decoder.network.locations.weight': [2, 3],
      'decoder.network.locations.bias': [3],
      'decoder.logScale': [1],
    });
  });

  test('follow from the key', () => {
    const values = (seed: number): unknown =>
      new Vae(plain, RandomKey.fromSeed(seed)).parameters().map((each) => each.toArray());
    expect(values(1)).toEqual(values(1));
    expect(values(1)).not.toEqual(values(2));
  });

  test('settings out of range are refused before anything is made', () => {
    expect(() => new Vae({ ...plain, latent: 0 }, key)).toThrow('model settings: latent is 0');
  });
});

describe.each(combinations)('%s', (_, settings) => {
  const model = new Vae(settings, key);
  const data = tensor(x, { dtype: 'float64' });

  test('encodes, decodes, draws and reconstructs in the right shapes and type', () => {
    const posterior = model.encode(data);
    expect(posterior).toBeInstanceOf(settings.flow.kind === 'none' ? DiagonalNormal : FlowDistribution);
    expect(model.prior.forward()).toBeInstanceOf(settings.prior.kind === 'normal' ? DiagonalNormal : Mixture);
    const likelihood = model.decode(zeros([5, 2], { dtype: 'float64' }));
    expect(likelihood).toBeInstanceOf(settings.likelihood.kind === 'bernoulli' ? Bernoulli : DiagonalNormal);
    expect([posterior.batchShape, posterior.eventShape]).toEqual([[2], [2]]);
    expect([likelihood.batchShape, likelihood.eventShape]).toEqual([[5], [3]]);
    expect(likelihood.sample(key).shape).toEqual([5, 3]);
    expect(model.generate(6, key)).toMatchObject({ shape: [6, 3], dtype: 'float64' });
    expect(model.reconstruct(data)).toMatchObject({ shape: [2, 3], dtype: 'float64' });
    expect(model.generate(6, key).toArray()).toEqual(model.generate(6, key).toArray());
  });

  test('the derivatives of its loss by x and every parameter agree with differences', () => {
    for (const order of [1, 2] as const) {
      const { comparisons } = checkModuleGradients(
        model,
        (x) => model.elbo(x!, key, { klWeight: 0.8 }).loss,
        [x],
        { order },
      );
      expect(comparisons).toBeGreaterThan(0);
    }
  });

  test('works in float32', () => {
    const single = new Vae({ ...settings, dtype: 'float32' }, key);
    const { loss } = single.elbo(tensor(x), key);
    expect(loss.dtype).toBe('float32');
    expect(Number.isFinite(loss.item())).toBe(true);
    expect(single.parameters().every(({ dtype }) => dtype === 'float32')).toBe(true);
  });
});

describe('the decoder', () => {
  const scaleOf = (scale: number | 'learned' | 'network'): DiagonalNormal => {
    const model = new Vae({ ...plain, likelihood: { kind: 'gaussian', scale } }, key);
    return model.decode(tensor([[0.3, -1]], { dtype: 'float64' })) as DiagonalNormal;
  };

  test('keeps a fixed scale, and starts others at a tenth', () => {
    expect(scaleOf(0.25).scale.item()).toBeCloseTo(0.25, 15);
    for (const [kind, digits] of [
      ['learned', 15],
      ['network', 2],
    ] as const) {
      for (const scale of scaleOf(kind).scale.value.toTypedArray()) {
        expect(scale).toBeCloseTo(0.1, digits);
      }
    }
  });

  test.each(['learned', 'network'] as const)('starts a %s scale where it is told', (scale) => {
    for (const initialScale of [0.02, 3, 900]) {
      const model = new Vae({ ...plain, likelihood: { kind: 'gaussian', scale, initialScale } }, key);
      const likelihood = model.decode(zeros([1, 2], { dtype: 'float64' })) as DiagonalNormal;
      for (const sigma of likelihood.scale.value.toTypedArray()) {
        expect(Math.abs(sigma / initialScale - 1)).toBeLessThan(1e-4);
      }
    }
  });

  test('gives a Bernoulli’s mean between 0 and 1', () => {
    const values = new Vae(plain, key).generate(20, key).toTypedArray();
    expect(values.every((value) => value > 0 && value < 1)).toBe(true);
  });
});

describe('the encoder', () => {
  test('starts with variances near 1', () => {
    const { scale } = new Vae(plain, key).encode(tensor(x, { dtype: 'float64' })) as DiagonalNormal;
    for (const sigma of (scale.toArray() as number[][]).flat()) expect(sigma).toBeCloseTo(1, 1);
  });

  test('starts with a flow that changes nothing', () => {
    const flow: FlowSettings = { kind: 'planar', layers: 3 };
    const posterior = new Vae({ ...plain, latent: 5, flow }, key).encode(zeros([4, 3], { dtype: 'float64' }));
    if (!(posterior instanceof FlowDistribution)) throw new Error('the posterior has no flow');
    const [through, base] = [posterior.sampleAndLogProb(key), posterior.base.sampleAndLogProb(key)];
    const difference = (a: Variable, b: Variable) => a.sub(b).abs().max().item();
    expect(difference(through.sample, base.sample)).toBeLessThan(1e-12);
    expect(difference(through.logProb, base.logProb)).toBeLessThan(1e-12);
  });

  test('gives every example a flow of its own', () => {
    const model = new Vae({ ...plain, flow: { kind: 'planar', layers: 3 } }, key);
    const together = model.encode(tensor(x, { dtype: 'float64' }));
    const z = tensor([[0.4, -0.2]], { dtype: 'float64' });
    const both = together.logProb(z).toArray() as number[];
    x.forEach((row, i) => {
      const alone = model.encode(tensor([row], { dtype: 'float64' }));
      expect(alone.logProb(z).item()).toBeCloseTo(both[i]!, 12);
    });
  });
});
