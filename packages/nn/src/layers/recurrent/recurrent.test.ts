import type { Variable } from '@reparam/autograd';
import {
  ArgumentError,
  decodeSafetensors,
  encodeSafetensors,
  normal,
  ones,
  RandomKey,
  ShapeError,
  type Tensor,
  zeros,
} from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../../test/support/check-module-gradients.ts';
import type { Module } from '../../module.ts';
import type { Cell } from './cell.ts';
import { Gru } from './gru.ts';
import { Lstm } from './lstm.ts';

const key = RandomKey.fromSeed(21);
const dtype = 'float64';
const [batch, length, inputs, hidden] = [2, 4, 3, 2];

type Matrix = readonly (readonly number[])[];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The sums W x + b of one block of a weight [rows, gates·hidden], block after block. */
function gateSums(x: readonly number[], weight: Variable, bias: Variable): number[][] {
  const rows = weight.toArray() as unknown as Matrix;
  const offsets = bias.toArray() as number[];
  const sums = offsets.map((b, column) => rows.reduce((sum, row, i) => sum + x[i]! * row[column]!, b));
  return Array.from({ length: sums.length / hidden }, (_, gate) =>
    sums.slice(gate * hidden, (gate + 1) * hidden),
  );
}

/** The equations of torch.nn.GRU for one sequence: the state after each step. */
function gruByHand(x: Matrix, cell: Cell, start: readonly number[]): number[][] {
  let h = [...start];
  return x.map((xt) => {
    const [xr, xz, xn] = gateSums(xt, cell.inputWeight, cell.inputBias);
    const [hr, hz, hn] = gateSums(h, cell.recurrentWeight, cell.recurrentBias);
    h = h.map((before, j) => {
      const r = sigmoid(xr![j]! + hr![j]!);
      const z = sigmoid(xz![j]! + hz![j]!);
      const n = Math.tanh(xn![j]! + r * hn![j]!);
      return (1 - z) * n + z * before;
    });
    return h;
  });
}

/** The equations of torch.nn.LSTM for one sequence: [h, c] after each step. */
function lstmByHand(x: Matrix, cell: Cell, start: Matrix): number[][][] {
  let [h, c] = start.map((part) => [...part]) as [number[], number[]];
  return x.map((xt) => {
    const fromInput = gateSums(xt, cell.inputWeight, cell.inputBias);
    const fromState = gateSums(h, cell.recurrentWeight, cell.recurrentBias);
    const gate = (k: number, j: number): number => fromInput[k]![j]! + fromState[k]![j]!;
    c = c.map((before, j) => sigmoid(gate(1, j)) * before + sigmoid(gate(0, j)) * Math.tanh(gate(2, j)));
    h = c.map((value, j) => sigmoid(gate(3, j)) * Math.tanh(value));
    return [h, c];
  });
}

/** Biases start at zero, which would hide a wrong one. */
function randomized<M extends Module>(module: M): M {
  const drawn = Object.entries(module.state()).map(
    ([name, { shape }], i) => [name, normal(key.foldIn(i), shape, { dtype })] as const,
  );
  module.restore(Object.fromEntries(drawn));
  return module;
}

function expectClose(got: unknown, expected: unknown): void {
  const [a, b] = [[got].flat(9), [expected].flat(9)] as [number[], number[]];
  expect(a).toHaveLength(b.length);
  a.forEach((value, i) => {
    expect(value).toBeCloseTo(b[i]!, 12);
  });
}

const x = normal(key.foldIn(100), [batch, length, inputs], { dtype });
const initial = (part: number, layers = 1): Tensor =>
  normal(key.foldIn(200 + part), [layers, batch, hidden], { dtype });
const sequences = x.toArray() as unknown as Matrix[];

describe('Gru', () => {
  test('one layer by hand, from a given state and from none', () => {
    const layer = randomized(new Gru({ inputs, hidden, key, dtype }));
    const start = initial(0);
    const [startRows] = start.toArray() as unknown as [Matrix];
    const expected = sequences.map((each, n) => gruByHand(each, layer.cells[0]!, startRows[n]!));
    const got = layer.forward(x, { hidden: start });
    expectClose(got.outputs.toArray(), expected);
    expectClose(got.hidden.toArray(), [expected.map((states) => states.at(-1)!)]);
    const still = sequences.map((each) => gruByHand(each, layer.cells[0]!, [0, 0]));
    expectClose(layer.forward(x).outputs.toArray(), still);
  });

  test('each further layer reads the outputs of the one before', () => {
    const layer = randomized(new Gru({ inputs, hidden, key, layers: 2, dtype }));
    const first = sequences.map((each) => gruByHand(each, layer.cells[0]!, [0, 0]));
    const second = first.map((each) => gruByHand(each, layer.cells[1]!, [0, 0]));
    const got = layer.forward(x);
    expectClose(got.outputs.toArray(), second);
    expectClose(
      got.hidden.toArray(),
      [first, second].map((states) => states.map((each) => each.at(-1)!)),
    );
  });
});

describe('Lstm', () => {
  test('one layer by hand, from a given state and from none', () => {
    const layer = randomized(new Lstm({ inputs, hidden, key, dtype }));
    const start = [initial(0), initial(1)] as const;
    const [[h], [c]] = start.map((part) => part.toArray()) as unknown as [[Matrix], [Matrix]];
    const expected = sequences.map((each, n) => lstmByHand(each, layer.cells[0]!, [h[n]!, c[n]!]));
    const got = layer.forward(x, { hidden: start[0], cell: start[1] });
    expectClose(
      got.outputs.toArray(),
      expected.map((states) => states.map(([output]) => output!)),
    );
    expectClose(got.hidden.toArray(), [expected.map((states) => states.at(-1)![0]!)]);
    expectClose(got.cell.toArray(), [expected.map((states) => states.at(-1)![1]!)]);
    const zero = [
      [0, 0],
      [0, 0],
    ];
    const still = sequences.map((each) => lstmByHand(each, layer.cells[0]!, zero).map(([output]) => output!));
    expectClose(layer.forward(x).outputs.toArray(), still);
  });
});

describe.each([
  ['Gru', Gru, 3],
  ['Lstm', Lstm, 4],
] as const)('%s', (name, Layer, gates) => {
  test('a sequence in two pieces is the sequence', () => {
    const layer = randomized(new Layer({ inputs, hidden, key, layers: 2, dtype }));
    const { outputs: first, ...state } = layer.forward(x.slice([null, [0, 1]]));
    const { outputs: second } = layer.forward(x.slice([null, [1, null]]), state);
    const whole = layer.forward(x).outputs.value;
    expectClose(first.toArray(), whole.slice([null, [0, 1]]).toArray());
    expectClose(second.toArray(), whole.slice([null, [1, null]]).toArray());
  });

  test('names its weights by layer, and starts each gate from its own fan', () => {
    const layer = new Layer({ inputs: 30, hidden: 50, key, layers: 2 });
    const shapes = Object.entries(layer.namedParameters()).map(([path, { shape }]) => [path, shape]);
    expect(shapes).toEqual([
      ['cells.0.inputWeight', [30, gates * 50]],
      ['cells.0.recurrentWeight', [50, gates * 50]],
      ['cells.0.inputBias', [gates * 50]],
      ['cells.0.recurrentBias', [gates * 50]],
      ['cells.1.inputWeight', [50, gates * 50]],
      ['cells.1.recurrentWeight', [50, gates * 50]],
      ['cells.1.inputBias', [gates * 50]],
      ['cells.1.recurrentBias', [gates * 50]],
    ]);
    const largest = Math.max(...layer.cells[0]!.inputWeight.value.toTypedArray().map(Math.abs));
    // Glorot's bound √(6/(30 + 50)), which thousands of draws come close to.
    expect(largest).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 80)));
    expect(largest).toBeGreaterThan(0.99 * Math.sqrt(6 / 80));
  });

  test('its gradients agree with differences', () => {
    const layer = randomized(new Layer({ inputs: 2, hidden: 2, key, layers: 2, dtype }));
    const short = normal(key, [1, 3, 2], { dtype });
    const start = normal(key.foldIn(1), [2, 1, 2], { dtype });
    for (const order of [1, 2] as const) {
      const report = checkModuleGradients(
        layer,
        (x, hidden) => layer.forward(x!, { hidden: hidden! }).outputs.square(),
        [short, start],
        { order },
      );
      expect(report.comparisons).toBeGreaterThan(0);
    }
  });

  test('saved and reloaded gives the same outputs', () => {
    const layer = new Layer({ inputs, hidden, key, dtype });
    const copy = new Layer({ inputs, hidden, key: key.foldIn(1), dtype });
    copy.restore(decodeSafetensors(encodeSafetensors(layer.state())).tensors);
    expect(copy.forward(x).outputs.toArray()).toEqual(layer.forward(x).outputs.toArray());
  });

  test.each([
    [
      [4, 3],
      `${name}: x is [4, 3], but this layer takes [N, T, 3]. For one sequence use reshape([1, T, inputs]).`,
    ],
    [[2, 4, 5], `${name}: x is [2, 4, 5], but this layer takes [N, T, 3].`],
    [[2, 0, 3], `${name}: x is [2, 0, 3]: the sequences have no steps.`],
  ])('refuses %j', (shape, message) => {
    const layer = new Layer({ inputs, hidden, key });
    expect(() => layer.forward(ones(shape))).toThrow(ShapeError);
    expect(() => layer.forward(ones(shape))).toThrow(message);
  });

  test('refuses a state of another shape, and sizes that are no counts', () => {
    const layer = new Layer({ inputs, hidden, key, layers: 2, dtype });
    const start = (): unknown => layer.forward(x, { hidden: zeros([1, batch, hidden], { dtype }) });
    expect(start).toThrow(ShapeError);
    expect(start).toThrow(
      `${name}: the initial hidden state is [1, 2, 2], but must be [layers, N, hidden] = [2, 2, 2].`,
    );
    expect(() => new Layer({ inputs, hidden: 0, key })).toThrow(ArgumentError);
    expect(() => new Layer({ inputs, hidden, key, layers: 1.5 })).toThrow(
      `${name}: layers is 1.5; it must be a whole number above 0.`,
    );
  });
});
