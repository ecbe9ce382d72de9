import { gradients, sum, variable } from '@reparam/autograd';
import {
  ArgumentError,
  decodeSafetensors,
  encodeSafetensors,
  normal,
  ones,
  RandomKey,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../test/support/check-module-gradients.ts';
import { MultiHeadAttention, type MultiHeadAttentionOptions } from './attention.ts';
import type { Linear } from './linear.ts';
import { Sequential } from './sequential.ts';

const key = RandomKey.fromSeed(31);
const dtype = 'float64';

type Matrix = readonly (readonly number[])[];

function affine(rows: Matrix, { weight, bias }: Linear): number[][] {
  const matrix = weight.toArray() as unknown as Matrix;
  const offsets = bias!.toArray() as number[];
  return rows.map((x) => offsets.map((b, j) => matrix.reduce((sum, row, i) => sum + x[i]! * row[j]!, b)));
}

/** Section 3.2 of Vaswani et al. (2017) for one sequence, by loops. `allowed` says where query t may look. */
function byHand(
  layer: MultiHeadAttention,
  x: Matrix,
  context: Matrix,
  allowed: (t: number, s: number) => boolean,
): number[][] {
  const [q, k, v] = [
    affine(x, layer.query),
    affine(context, layer.key),
    affine(context, layer.value),
  ] as const;
  const width = q[0]!.length / layer.heads;
  const mixed = q.map((query, t) =>
    query.map((_, feature) => {
      const head = Math.floor(feature / width);
      const exponentials = k.map((each, s) => {
        if (!allowed(t, s)) return 0;
        let score = 0;
        for (let j = head * width; j < (head + 1) * width; j++) score += query[j]! * each[j]!;
        return Math.exp(score / Math.sqrt(width));
      });
      const total = exponentials.reduce((sum, each) => sum + each, 0);
      if (total === 0) return 0;
      return exponentials.reduce((sum, each, s) => sum + (each / total) * v[s]![feature]!, 0);
    }),
  );
  return affine(mixed, layer.output);
}

function expectClose(got: Tensor, expected: unknown): void {
  const flat = [expected].flat(9) as number[];
  expect(got.size).toBe(flat.length);
  got.toTypedArray().forEach((value, i) => {
    expect(value).toBeCloseTo(flat[i]!, 12);
  });
}

/** Biases start at zero, which would hide a wrong one. */
function create(options: Partial<MultiHeadAttentionOptions> = {}): MultiHeadAttention {
  const layer = new MultiHeadAttention({ features: 4, heads: 2, key, dtype, ...options });
  const drawn = Object.entries(layer.state()).map(
    ([name, { shape }], i) => [name, normal(key.foldIn(i), shape, { dtype })] as const,
  );
  layer.restore(Object.fromEntries(drawn));
  return layer;
}

const x = normal(key.foldIn(50), [2, 3, 4], { dtype });
const context = normal(key.foldIn(51), [2, 5, 6], { dtype });
const [xs, contexts] = [x.toArray(), context.toArray()] as unknown as [Matrix[], Matrix[]];
const everywhere = (): boolean => true;

describe('MultiHeadAttention by hand', () => {
  test.each([1, 2, 4])('to itself with %s heads', (heads) => {
    const layer = create({ heads });
    expectClose(
      layer.forward(x).value,
      xs.map((each) => byHand(layer, each, each, everywhere)),
    );
  });

  test('to a context of another length and width', () => {
    const layer = create({ contextFeatures: 6 });
    expectClose(
      layer.forward(x, { context }).value,
      xs.map((each, n) => byHand(layer, each, contexts[n]!, everywhere)),
    );
  });

  test('causally', () => {
    const layer = create({ causal: true });
    expectClose(
      layer.forward(x).value,
      xs.map((each) => byHand(layer, each, each, (t, s) => s <= t)),
    );
  });

  test('with a mask of padding, beside causality', () => {
    const layer = create({ causal: true });
    const padding = [
      [1, 1, 1],
      [1, 0, 1],
    ];
    const mask = tensor(padding, { dtype: 'int32' }).reshape([2, 1, 3]);
    expectClose(
      layer.forward(x, { mask }).value,
      xs.map((each, n) => byHand(layer, each, each, (t, s) => s <= t && padding[n]![s] === 1)),
    );
  });

  test.each([
    ['a number', 1, everywhere],
    ['[S]', tensor([1, 0, 1], { dtype }), (_t: number, s: number) => s !== 1],
    [
      '[T, S], a query that may look nowhere among them',
      tensor(
        [
          [1, 0, 1],
          [0, 0, 0],
          [0, 1, 0],
        ],
        { dtype },
      ),
      (t: number, s: number) => (t === 0 && s !== 1) || (t === 2 && s === 1),
    ],
  ])('with a mask that is %s', (_, mask, allowed) => {
    const layer = create();
    expectClose(
      layer.forward(x, { mask }).value,
      xs.map((each) => byHand(layer, each, each, allowed)),
    );
  });
});

describe('MultiHeadAttention', () => {
  test('what is hidden has no influence, forward and backward', () => {
    const layer = create({ causal: true });
    const input = variable(x, { requiresGrad: true });
    const first = layer.forward(input).slice([null, 0]);
    const [slope] = gradients(sum(first.square()), [input]);
    expect(slope!.value.slice([null, [1, null]]).toArray()).toEqual(zeros([2, 2, 4]).toArray());
    expect(slope!.value.slice([0, 0, 0]).item()).not.toBe(0);
  });

  test('stays finite where everything is hidden and where scores are huge', () => {
    const layer = create();
    const input = variable(x, { requiresGrad: true });
    const nowhere = layer.forward(input, { mask: 0 });
    const [none] = gradients(sum(nowhere), [input]);
    expect(none!.toArray()).toEqual(zeros([2, 3, 4]).toArray());
    const huge = layer.forward(input.mul(1e4));
    const [slope] = gradients(sum(huge), [input]);
    for (const value of [...huge.value.toTypedArray(), ...slope!.value.toTypedArray()]) {
      expect(value).toSatisfy(Number.isFinite);
    }
  });

  test('its gradients agree with differences', () => {
    const layer = create({ features: 2, contextFeatures: 3 });
    const mask = tensor(
      [
        [1, 0, 1],
        [0, 1, 1],
      ],
      { dtype },
    );
    const inputs = [normal(key, [1, 2, 2], { dtype }), normal(key.foldIn(1), [1, 3, 3], { dtype })];
    for (const order of [1, 2] as const) {
      const report = checkModuleGradients(
        layer,
        (x, context) => layer.forward(x!, { context: context!, mask }).square(),
        inputs,
        { order },
      );
      expect(report.comparisons).toBeGreaterThan(0);
    }
  });

  test('is a layer among others, and has four maps', () => {
    const layer = create({ bias: false });
    expect(Object.keys(layer.namedParameters())).toEqual([
      'query.weight',
      'key.weight',
      'value.weight',
      'output.weight',
    ]);
    expect(new Sequential([layer]).forward(x).toArray()).toEqual(layer.forward(x).toArray());
  });

  test('saved and reloaded gives the same outputs', () => {
    const layer = create();
    const copy = new MultiHeadAttention({ features: 4, heads: 2, key: key.foldIn(9), dtype });
    copy.restore(decodeSafetensors(encodeSafetensors(layer.state())).tensors);
    expect(copy.forward(x).toArray()).toEqual(layer.forward(x).toArray());
  });

  test.each<[() => unknown, string]>([
    [
      () => create().forward(ones([3, 4], { dtype })),
      'x is [3, 4], but must be [N, length, features]. For one sequence use reshape([1, length, features]).',
    ],
    [
      () => create({ contextFeatures: 6 }).forward(x, { context: ones([3, 5, 6], { dtype }) }),
      'x is [2, 3, 4] but the context is [3, 5, 6]: axis 0, the batch, differs.',
    ],
    [
      () => create({ causal: true, contextFeatures: 6 }).forward(x, { context }),
      'x is [2, 3, 4] and the context is [2, 5, 6]: a causal layer needs sequences of the same length above 0.',
    ],
    [
      () => create().forward(x, { context: ones([2, 0, 4], { dtype }) }),
      'x is [2, 3, 4] and the context is [2, 0, 4]: there is nothing to attend to.',
    ],
    [
      () => create().forward(x, { mask: ones([2, 3]) }),
      'the mask is [2, 3], but must broadcast to [N, T, S] = [2, 3, 3].',
    ],
    [
      () => create().forward(x, { mask: ones([1, 2, 3, 3]) }),
      'the mask is [1, 2, 3, 3], but must broadcast to [N, T, S] = [2, 3, 3].',
    ],
  ])('refuses what does not fit', (call, message) => {
    expect(call).toThrow(ShapeError);
    expect(call).toThrow(`MultiHeadAttention: ${message}`);
  });

  test('refuses heads that do not divide the features', () => {
    expect(() => create({ heads: 3 })).toThrow(ArgumentError);
    expect(() => create({ heads: 3 })).toThrow('MultiHeadAttention: 4 features do not divide into 3 heads.');
    expect(() => create({ heads: 0 })).toThrow('heads is 0; it must be a whole number above 0.');
  });
});
