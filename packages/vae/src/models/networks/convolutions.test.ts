import { RandomKey, type Tensor, tensor, uniform } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../../test/support/check-module-gradients.ts';
import type { Bernoulli } from '../../distributions/bernoulli.ts';
import type { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import type { LikelihoodSettings } from '../likelihoods.ts';
import { type VaeSettings, vaeSettings } from '../settings.ts';
import { Vae } from '../vae.ts';
import { halvedSizes } from './conv-shape.ts';

const key = RandomKey.fromSeed(44);

function settingsFor(
  image: readonly [number, number],
  channels: readonly number[],
  given: Partial<VaeSettings> = {},
): VaeSettings {
  return vaeSettings({
    features: image[0] * image[1],
    latent: 2,
    network: { kind: 'conv', image, channels },
    hidden: [5],
    activation: 'tanh',
    dtype: 'float64',
    ...given,
  });
}

/** [channel][row][column] */
type Picture = number[][][];

/** The definition: y[o][i][j] = b[o] + Σ x[c][2i − 1 + u][2j − 1 + v]·w[o][c][u][v], x being 0 outside. */
function convolve(x: Picture, weight: number[][][][], bias: number[]): Picture {
  const [height, width] = [x[0]!.length, x[0]![0]!.length];
  return weight.map((ofOutput, o) =>
    Array.from({ length: Math.floor(height / 2) }, (_, i) =>
      Array.from({ length: Math.floor(width / 2) }, (_, j) => {
        let sum = bias[o]!;
        ofOutput.forEach((kernel, c) => {
          kernel.forEach((row, u) => {
            row.forEach((w, v) => {
              sum += w * (x[c]![2 * i - 1 + u]?.[2 * j - 1 + v] ?? 0);
            });
          });
        });
        return sum;
      }),
    ),
  );
}

/** The transpose: every x[c][i][j] adds x·w[c][o][u][v] to y[o][2i − 1 + u][2j − 1 + v], where y has that place. */
function spread(x: Picture, weight: number[][][][], bias: number[], height: number, width: number): Picture {
  const y = bias.map((b) => Array.from({ length: height }, () => new Array<number>(width).fill(b)));
  x.forEach((rows, c) => {
    rows.forEach((row, i) => {
      row.forEach((value, j) => {
        weight[c]!.forEach((kernel, o) => {
          kernel.forEach((weights, u) => {
            weights.forEach((w, v) => {
              const target = y[o]![2 * i - 1 + u];
              const column = 2 * j - 1 + v;
              if (target && column >= 0 && column < width) target[column]! += value * w;
            });
          });
        });
      });
    });
  });
  return y;
}

const activate = (x: Picture): Picture => x.map((rows) => rows.map((row) => row.map(Math.tanh)));

function dense(x: readonly number[], weight: number[][], bias: number[]): number[] {
  return bias.map((b, j) => x.reduce((sum, value, i) => sum + value * weight[i]![j]!, b));
}

/** Reads parameters of a model as nested arrays. */
function reader(model: Vae): <T>(path: string) => T {
  const parameters = model.namedParameters();
  return <T>(path: string) => parameters[path]!.toArray() as T;
}

function expectClose(got: Tensor, expected: readonly number[]): void {
  const values = got.toTypedArray();
  expect(values).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(values[i]! - value)).toBeLessThan(1e-12);
  });
}

test('sizes are halved, and odd ones rounded down', () => {
  expect(halvedSizes([28, 28], 2)).toEqual([
    [28, 28],
    [14, 14],
    [7, 7],
  ]);
  expect(halvedSizes([13, 9], 3)).toEqual([
    [13, 9],
    [6, 4],
    [3, 2],
    [1, 1],
  ]);
});

describe.each([
  [[6, 4], [3]],
  [
    [13, 9],
    [2, 3],
  ],
  [
    [9, 13],
    [2, 3, 4],
  ],
] as const)('images of %j through channels %j', (image, channels) => {
  const [height, width] = image;
  const settings = settingsFor(image, channels);
  const model = new Vae(settings, key);
  const read = reader(model);
  const sizes = halvedSizes(image, channels.length);
  const examples = uniform(key, [2, height * width], { dtype: 'float64' });

  test('the encoder is convolutions, then dense layers', () => {
    const expected = (examples.toArray() as number[][]).map((pixels) => {
      let picture: Picture = [
        Array.from({ length: height }, (_, i) => pixels.slice(i * width, (i + 1) * width)),
      ];
      channels.forEach((_, layer) => {
        const path = `encoder.trunk.convolutions.${layer}`;
        picture = activate(convolve(picture, read(`${path}.weight`), read(`${path}.bias`)));
      });
      const layer = 'encoder.trunk.dense.layers.0';
      const hidden = dense(picture.flat(2), read(`${layer}.weight`), read(`${layer}.bias`)).map(Math.tanh);
      return dense(hidden, read('encoder.location.weight'), read('encoder.location.bias'));
    });
    expectClose((model.encode(examples) as DiagonalNormal).location.value, expected.flat());
  });

  test('the decoder is its mirror, back to the very same size', () => {
    const z = [0.4, -1.1];
    const layer = 'decoder.network.dense.layers.0';
    const hidden = dense(z, read(`${layer}.weight`), read(`${layer}.bias`)).map(Math.tanh);
    const unfold = 'decoder.network.unfold';
    const flat = dense(hidden, read(`${unfold}.weight`), read(`${unfold}.bias`)).map(Math.tanh);
    const [innerHeight, innerWidth] = sizes.at(-1)!;
    let picture: Picture = Array.from({ length: channels.at(-1)! }, (_, c) =>
      Array.from({ length: innerHeight }, (_, i) =>
        flat.slice((c * innerHeight + i) * innerWidth, (c * innerHeight + i + 1) * innerWidth),
      ),
    );
    const grown = sizes.slice(0, -1).toReversed();
    grown.forEach(([toHeight, toWidth], i) => {
      const last = i === grown.length - 1;
      const path = last ? 'decoder.network.locations' : `decoder.network.convolutions.${i}`;
      const next = spread(picture, read(`${path}.weight`), read(`${path}.bias`), toHeight, toWidth);
      picture = last ? next : activate(next);
    });
    const decoded = model.decode(tensor([z], { dtype: 'float64' })) as Bernoulli;
    expect(decoded.logits.shape).toEqual([1, height * width]);
    expectClose(decoded.logits.value, picture.flat(2));
  });

  test('takes any leading axes', () => {
    const z = uniform(key, [3, 2, 2], { dtype: 'float64' });
    const several = model.decode(z).mean().value;
    expect(several.shape).toEqual([3, 2, height * width]);
    expectClose(several.reshape([6, height * width]), [
      ...model
        .decode(z.reshape([6, 2]))
        .mean()
        .value.toTypedArray(),
    ]);
    const nested = model.encode(examples.reshape([2, 1, height * width])).mean().value;
    expect(nested.shape).toEqual([2, 1, 2]);
    expectClose(nested, [...model.encode(examples).mean().value.toTypedArray()]);
  });
});

const likelihoods: LikelihoodSettings[] = [
  { kind: 'bernoulli' },
  { kind: 'gaussian' },
  { kind: 'gaussian', scale: 'network' },
  { kind: 'beta' },
  { kind: 'discretized-logistic', components: 2 },
];

describe.each(likelihoods)('with the likelihood %o', (likelihood) => {
  test('every feature gets its own numbers, which start where the likelihood says', () => {
    const settings = settingsFor([5, 4], [2], { likelihood });
    const conv = new Vae(settings, key);
    const mlp = new Vae({ ...settings, network: { kind: 'mlp' }, hidden: [] }, key);
    const [got, expected] = [conv, mlp].map((model) => {
      // Without the weights of the heads, their biases speak alone.
      for (const [path, each] of Object.entries(model.decoder.namedParameters())) {
        if (/(locations|spreads)\.weight$/.test(path)) each.assign(zerosLike(each.value));
      }
      return model.decode(tensor([[0, 0]], { dtype: 'float64' })).mean().value;
    });
    expect(got!.shape).toEqual([1, 20]);
    expectClose(got!, [...expected!.toTypedArray()]);
  });

  test('the derivatives of the bound by every parameter agree with differences', () => {
    const model = new Vae(settingsFor([5, 4], [2], { likelihood, hidden: [3] }), key);
    const x = uniform(key, [2, 20], { low: 0.1, high: 0.9, dtype: 'float64' });
    const { comparisons } = checkModuleGradients(model, () => model.elbo(x, key).loss, []);
    expect(comparisons).toBeGreaterThan(0);
  });
});

function zerosLike(x: Tensor): Tensor {
  return tensor(new Array<number>(x.size).fill(0), { dtype: 'float64' }).reshape(x.shape);
}

test('without dense layers the codes come from the inner image', () => {
  const model = new Vae(settingsFor([6, 4], [3], { hidden: [] }), key);
  expect(model.namedParameters()['encoder.location.weight']!.shape).toEqual([3 * 3 * 2, 2]);
  expect(model.reconstruct(uniform(key, [2, 24], { dtype: 'float64' })).shape).toEqual([2, 24]);
});
