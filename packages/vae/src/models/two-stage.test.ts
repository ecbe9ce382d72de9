import { ArgumentError, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { column, estimate } from '../../../../test/support/sample-moments.ts';
import { tinyModel } from '../../../../test/support/tiny-run.ts';
import { requireVaeSettings, type VaeSettings } from './settings.ts';
import { secondStageSettings, TwoStageVae } from './two-stage.ts';
import { Vae } from './vae.ts';

const key = RandomKey.fromSeed(51);
const float64 = { dtype: 'float64' } as const;
const first: VaeSettings = {
  ...tinyModel,
  latent: 2,
  hidden: [],
  likelihood: { kind: 'gaussian', scale: 0.1 },
  ...float64,
};

/** Linear models of which everything is known: z = uW + b + σε, x = zA + a. */
function createExample(): TwoStageVae {
  const stages = [
    new Vae(first, key),
    new Vae({ ...secondStageSettings(first), hidden: [] }, key.foldIn(1)),
  ] as const;
  const [outer, inner] = stages.map((model) => model.namedParameters());
  outer!['decoder.network.locations.weight']!.assign(
    tensor(
      [
        [1, 0, 2],
        [0, -1, 1],
      ],
      float64,
    ),
  );
  outer!['decoder.network.locations.bias']!.assign(tensor([5, 0, -1], float64));
  inner!['decoder.network.locations.weight']!.assign(
    tensor(
      [
        [0.5, 0],
        [0.3, 0.2],
      ],
      float64,
    ),
  );
  inner!['decoder.network.locations.bias']!.assign(tensor([1, -2], float64));
  inner!['decoder.logScale']!.assign(tensor([Math.log(0.4)], float64));
  return new TwoStageVae(...stages);
}

describe('TwoStageVae', () => {
  test('draws codes by the second model, with its noise', () => {
    const count = 20_000;
    const codes = createExample().generateCodes(count, key);
    expect(codes.shape).toEqual([count, 2]);
    const values = codes.toTypedArray();
    // Var z = WᵀW + σ²
    for (const [d, mean, variance] of [
      [0, 1, 0.25 + 0.09 + 0.16],
      [1, -2, 0.04 + 0.16],
    ] as const) {
      const moments = estimate(column(values, 2, d));
      expect(Math.abs(moments.mean - mean)).toBeLessThan(4 * moments.standardError);
      expect(Math.abs(moments.variance / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    }
  });

  test('decodes those codes by the first model, without noise', () => {
    const example = createExample();
    const codes = example.generateCodes(6, key).toArray() as [number, number][];
    const got = example.generate(6, key).toArray() as number[][];
    got.forEach((row, i) => {
      const [u, v] = codes[i]!;
      expect(row).toEqual([u + 5, -v, 2 * u + v - 1].map((value) => expect.closeTo(value, 12)));
    });
  });

  test('refuses a second model of something else', () => {
    const [model, other] = [new Vae(first, key), new Vae({ ...first, features: 3 }, key)];
    expect(() => new TwoStageVae(model, other)).toThrow(ArgumentError);
    expect(() => new TwoStageVae(model, other)).toThrow(
      'TwoStageVae: the second model takes 3 features, but codes of the first have 2; make it of ' +
        'secondStageSettings(first.settings).',
    );
  });
});

describe('secondStageSettings', () => {
  test('are for codes, whatever the first stage is about', () => {
    const settings = secondStageSettings({
      ...first,
      features: 64,
      latent: 7,
      hidden: [30, 20],
      activation: 'silu',
      network: { kind: 'conv', image: [8, 8], channels: [4] },
      prior: { kind: 'vamp' },
      posterior: { kind: 'full' },
      flow: { kind: 'iaf' },
      likelihood: { kind: 'bernoulli' },
    });
    expect(settings).toEqual({
      features: 7,
      latent: 7,
      network: { kind: 'mlp' },
      hidden: [30, 20],
      activation: 'silu',
      prior: { kind: 'normal' },
      posterior: { kind: 'diagonal' },
      flow: { kind: 'none' },
      likelihood: { kind: 'gaussian', scale: 'learned' },
      dtype: 'float64',
    });
    expect(() => requireVaeSettings(settings)).not.toThrow();
  });

  test('have dense layers even where the first stage is linear', () => {
    expect(secondStageSettings(first).hidden).toEqual([256, 256]);
  });
});
