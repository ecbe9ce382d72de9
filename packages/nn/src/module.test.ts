import { parameter, variable } from '@reparam/autograd';
import {
  ArgumentError,
  DTypeError,
  ones,
  RandomKey,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { Linear } from './layers/linear.ts';
import { Module, ModuleBuffer } from './module.ts';

const [keyA, keyB, keyC] = RandomKey.fromSeed(1).split(3) as [RandomKey, RandomKey, RandomKey];

class Head extends Module {
  readonly temperature = parameter(2, 'temperature');
  readonly linear = new Linear({ inputs: 2, outputs: 1, key: keyA });
}

class Body extends Module {
  readonly scale = parameter([1, 2], 'scale');
  readonly head = new Head();
  readonly constant = variable([1, 2, 3]);
  readonly missing = undefined;
  readonly width = 7;
  readonly blocks = [
    new Linear({ inputs: 1, outputs: 2, key: keyB }),
    Math.tanh,
    new Linear({ inputs: 2, outputs: 2, key: keyC, bias: false }),
  ];
}

describe('namedParameters', () => {
  test('finds parameters by dotted path, in order of construction, and nothing else', () => {
    expect(Object.keys(new Body().namedParameters())).toEqual([
      'scale',
      'head.temperature',
      'head.linear.weight',
      'head.linear.bias',
      'blocks.0.weight',
      'blocks.0.bias',
      'blocks.2.weight',
    ]);
  });

  test('gives the very variables the module computes with', () => {
    const body = new Body();
    expect(body.namedParameters()['blocks.2.weight']).toBe((body.blocks[2] as Linear).weight);
    expect(body.parameters()).toEqual(Object.values(body.namedParameters()));
  });
});

describe('loadParameters', () => {
  const fitting = {
    temperature: tensor(3),
    'linear.weight': tensor([[4], [5]]),
    'linear.bias': tensor([6]),
  };

  test('gives every parameter its value, whatever the order of the names', () => {
    const head = new Head();
    head.loadParameters(Object.fromEntries(Object.entries(fitting).toReversed()));
    expect(head.parameters().map((each) => each.toArray())).toEqual([3, [[4], [5]], [6]]);
    expect(head.linear.forward(tensor([[1, 10]])).toArray()).toEqual([[60]]);
  });

  test.each([
    ['a name is missing', { 'linear.bias': undefined }, ArgumentError, 'missing: linear.bias'],
    ['a name is unknown', { 'linear.gain': ones([1]) }, ArgumentError, 'unknown: linear.gain'],
    [
      'a name was changed',
      { 'linear.bias': undefined, 'linear.offset': ones([1]) },
      ArgumentError,
      'loadParameters: the names do not fit this model (missing: linear.bias; unknown: linear.offset). ' +
        'They were saved from a model of another structure.',
    ],
    [
      'the last shape is wrong',
      { 'linear.bias': zeros([2]) },
      ShapeError,
      'loadParameters: linear.bias was saved as float32 [2], but this model needs float32 [1].',
    ],
    [
      'the last type is wrong',
      { 'linear.bias': zeros([1], { dtype: 'float64' }) },
      DTypeError,
      'loadParameters: linear.bias was saved as float64 [1], but this model needs float32 [1].',
    ],
  ])('changes nothing when %s', (_, change, errorClass, message) => {
    const head = new Head();
    const before = head.parameters().map(({ value }) => value);
    const given = changed(fitting, change);
    expect(() => head.loadParameters(given)).toThrow(errorClass);
    expect(() => head.loadParameters(given)).toThrow(message);
    head.parameters().forEach(({ value }, i) => {
      expect(value).toBe(before[i]);
    });
  });
});

class Counted extends Module {
  readonly weight = parameter([1, 2]);
  readonly seen = new ModuleBuffer(tensor(5));
  readonly parts = [new Head()];
}

describe('buffers', () => {
  test('are found by path beside the parameters, and saved with them, but are none', () => {
    const module = new Counted();
    expect(Object.keys(module.namedBuffers())).toEqual(['seen']);
    expect(module.namedBuffers().seen).toBe(module.seen);
    expect(Object.keys(module.namedParameters())).not.toContain('seen');
    expect(Object.keys(module.state())).toEqual([
      'weight',
      'seen',
      'parts.0.temperature',
      'parts.0.linear.weight',
      'parts.0.linear.bias',
    ]);
    expect(Object.keys(new Body().state())).toEqual(Object.keys(new Body().namedParameters()));
  });

  test('are restored with the parameters, but not loaded as one', () => {
    const saved = new Counted();
    saved.weight.assign(tensor([7, 8]));
    saved.seen.assign(tensor(9));
    const module = new Counted();
    module.restore(saved.state());
    expect([module.weight.toArray(), module.seen.toArray()]).toEqual([[7, 8], 9]);

    const other = new Counted();
    const { seen: _, ...parameters } = saved.state();
    other.loadParameters(parameters);
    expect([other.weight.toArray(), other.seen.toArray()]).toEqual([[7, 8], 5]);
    expect(() => other.loadParameters(saved.state())).toThrow('loadParameters: the names do not fit');
  });

  test.each([
    [
      'a buffer is missing',
      { seen: undefined },
      ArgumentError,
      'restore: the names do not fit this model (missing: seen)',
    ],
    ['a buffer has another shape', { seen: ones([2]) }, ShapeError, 'restore: seen was saved as float32 [2]'],
  ])('nothing is restored when %s', (_, change, errorClass, message) => {
    const module = new Counted();
    const state = changed({ ...module.state(), weight: tensor([7, 8]) }, change);
    expect(() => module.restore(state)).toThrow(errorClass);
    expect(() => module.restore(state)).toThrow(message);
    expect(module.weight.toArray()).toEqual([1, 2]);
  });
});

type Tensors = Readonly<Record<string, Tensor>>;

/** With some entries replaced, added, or (undefined) taken out. */
function changed(tensors: Tensors, change: Readonly<Record<string, Tensor | undefined>>): Tensors {
  return Object.fromEntries(
    Object.entries({ ...tensors, ...change }).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
}
