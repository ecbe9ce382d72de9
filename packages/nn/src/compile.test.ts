import { compile, gradients, mul, type Operand, sum, type Variable } from '@reparam/autograd';
import {
  backend,
  RandomKey,
  referenceBackend,
  type Tensor,
  tensor,
  uniform,
  useBackend,
} from '@reparam/tensor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BatchNorm } from './layers/batch-norm.ts';
import { Conv2d } from './layers/convolution.ts';
import { Dropout } from './layers/dropout.ts';
import { Embedding } from './layers/embedding.ts';
import { LayerNorm } from './layers/layer-norm.ts';
import { Linear } from './layers/linear.ts';
import { Gru } from './layers/recurrent/gru.ts';
import { Lstm } from './layers/recurrent/lstm.ts';
import { type Layer, Sequential } from './layers/sequential.ts';
import { Module } from './module.ts';
import { ExponentialMovingAverage } from './moving-average.ts';
import { clipByGlobalNorm } from './optimizers/clip.ts';
import { adam, adamW, type OptimizerName, optimizers, sgd } from './optimizers/rules.ts';

let before = backend();
beforeAll(() => {
  before = useBackend(referenceBackend);
});
afterAll(() => {
  useBackend(before);
});

const key = RandomKey.fromSeed(5);

/** All that a module and an optimiser hold, to be compared bit for bit. */
function held(state: Readonly<Record<string, Tensor>>): unknown {
  return Object.fromEntries(
    Object.entries(state).map(([name, each]) => [name, Array.from(each.toTypedArray())]),
  );
}

describe('a compiled step is the step of the optimiser, bit for bit:', () => {
  const [x, y] = [uniform(key.foldIn(1), [8, 3]), uniform(key.foldIn(2), [8, 2])];

  /** Least squares with one linear layer. */
  function problem(name: OptimizerName) {
    const layer = new Linear({ inputs: 3, outputs: 2, key });
    const optimizer = optimizers[name](layer.namedParameters());
    const step = (input: Tensor, target: Tensor): Variable => {
      const loss = sum(layer.forward(input).sub(target).square());
      const found = gradients(loss, layer.parameters()).map(({ value }) => value);
      optimizer.step(clipByGlobalNorm(found, 5).gradients);
      return loss;
    };
    return { layer, optimizer, step };
  }

  test.each(Object.keys(optimizers) as OptimizerName[])('%s', (name) => {
    const [eager, other] = [problem(name), problem(name)];
    const compiled = compile(other.step);
    for (let step = 0; step < 4; step++) {
      // A schedule changes the rate between steps.
      for (const { optimizer } of [eager, other]) optimizer.learningRate = 0.1 / (step + 1);
      expect(compiled(x, y).item()).toBe(eager.step(x, y).item());
      expect(held(other.layer.state())).toStrictEqual(held(eager.layer.state()));
      expect(held(other.optimizer.state())).toStrictEqual(held(eager.optimizer.state()));
    }
    expect(other.optimizer.steps).toBe(4);
  });

  test('a restored state is gone on from', () => {
    const [first, second] = [problem('adam'), problem('adam')];
    const compiled = compile(first.step);
    compiled(x, y);
    const saved = { layer: first.layer.state(), optimizer: first.optimizer.state() };
    compiled(x, y);
    first.layer.restore(saved.layer);
    first.optimizer.restore(saved.optimizer);
    compiled(x, y);
    for (let step = 0; step < 2; step++) second.step(x, y);
    expect(held(first.layer.state())).toStrictEqual(held(second.layer.state()));
    expect(held(first.optimizer.state())).toStrictEqual(held(second.optimizer.state()));
  });

  test('numbers of a step are worked out once for all parameters; those that stay are constants of the formulas', () => {
    const parameters = new Linear({ inputs: 3, outputs: 2, key }).namedParameters();
    const shapes = Object.values(parameters).map(({ shape }) => shape);
    const program = compile((gradient: readonly Tensor[]) => adam(parameters).step(gradient)).program(
      shapes.map((shape) => uniform(key, shape)),
    );
    const kinds = program.sources.map(({ source }) => source.kind);
    // The learning rate and two bias corrections.
    expect(kinds.filter((kind) => kind === 'varying')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'constant')).toHaveLength(0);
  });

  test('weight decay by name', () => {
    const create = () => {
      const layer = new Linear({ inputs: 3, outputs: 2, key });
      const decays = (name: string): boolean => name.endsWith('weight');
      return { layer, optimizer: adamW(layer.namedParameters(), { weightDecay: 0.3, decays }) };
    };
    const [eager, other] = [create(), create()];
    const zero = eager.layer.parameters().map(({ value }) => mul(value, 0).value);
    const compiled = compile((list: readonly Tensor[]) => other.optimizer.step(list));
    compiled(zero);
    eager.optimizer.step(zero);
    expect(held(other.layer.state())).toStrictEqual(held(eager.layer.state()));
    expect(other.layer.bias!.toArray()).toEqual([0, 0]);
    expect(other.layer.weight.toArray()).not.toEqual(
      new Linear({ inputs: 3, outputs: 2, key }).weight.toArray(),
    );
  });
});

/** A recurrent layer by its outputs alone. */
class OutputsOf extends Module {
  readonly layer: Gru | Lstm;

  constructor(layer: Gru | Lstm) {
    super();
    this.layer = layer;
  }

  forward(x: Operand): Variable {
    return this.layer.forward(x).outputs;
  }
}

describe('layers in a compiled step are those outside of it, with what they remember:', () => {
  const image = uniform(key.foldIn(3), [4, 2, 5, 5]);
  const rows = uniform(key.foldIn(4), [6, 4]);
  const linear = (outputs: number): Linear => new Linear({ inputs: 4, outputs, key });
  const cases: readonly (readonly [string, () => Layer, Tensor])[] = [
    ['batch normalisation', () => new Sequential([linear(3), new BatchNorm({ features: 3 })]), rows],
    ['layer normalisation', () => new LayerNorm({ shape: 4 }), rows],
    ['dropout', () => new Sequential([linear(8), new Dropout({ rate: 0.4 })]), rows],
    ['convolution', () => new Conv2d({ inputs: 2, outputs: 3, kernel: 3, padding: 1, key }), image],
    ['embedding', () => new Embedding({ count: 5, features: 3, key }), tensor([4, 0, 4], { dtype: 'int32' })],
    [
      'a gated recurrent unit',
      () => new OutputsOf(new Gru({ inputs: 4, hidden: 3, key })),
      rows.reshape([2, 3, 4]),
    ],
    [
      'long short-term memory',
      () => new OutputsOf(new Lstm({ inputs: 4, hidden: 3, key })),
      rows.reshape([2, 3, 4]),
    ],
  ];

  test.each(cases)('%s', (_, create, x) => {
    const build = () => {
      const network = create();
      const optimizer = sgd(network.namedParameters(), { momentum: 0.9 });
      const step = (input: Tensor, stepKey: RandomKey): Variable => {
        const loss = sum(network.forward(input, { training: true, key: stepKey }).square());
        optimizer.step(gradients(loss, network.parameters()).map(({ value }) => value));
        return loss;
      };
      return { network, step };
    };
    const [eager, other] = [build(), build()];
    const compiled = compile(other.step);
    for (const each of key.split(3)) {
      expect(compiled(x, each).item()).toBe(eager.step(x, each).item());
      expect(held(other.network.state())).toStrictEqual(held(eager.network.state()));
    }
    expect(other.network.forward(x).toArray()).toStrictEqual(eager.network.forward(x).toArray());
  });
});

test('a moving average is updated in every run', () => {
  const build = () => {
    const layer = new Linear({ inputs: 3, outputs: 2, key });
    const average = new ExponentialMovingAverage(layer, { decay: 0.5, biasCorrection: true });
    const optimizer = sgd(layer.namedParameters(), { learningRate: 0.2 });
    const step = (x: Tensor): void => {
      const loss = sum(layer.forward(x).square());
      optimizer.step(gradients(loss, layer.parameters()).map(({ value }) => value));
      average.update();
    };
    return { average, step };
  };
  const [eager, other] = [build(), build()];
  const compiled = compile(other.step);
  for (let step = 0; step < 3; step++) {
    compiled(tensor([[1, 2, 3]]));
    eager.step(tensor([[1, 2, 3]]));
    expect(held(other.average.state())).toStrictEqual(held(eager.average.state()));
  }
});
