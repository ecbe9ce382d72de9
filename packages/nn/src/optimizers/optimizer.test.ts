import { parameter, type Variable } from '@reparam/autograd';
import {
  ArgumentError,
  DTypeError,
  normal,
  ones,
  RandomKey,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import type { Optimizer } from './optimizer.ts';
import { type OptimizerName, optimizers } from './rules.ts';

const key = RandomKey.fromSeed(8);
const names = Object.keys(optimizers) as OptimizerName[];

interface Subject {
  readonly parameters: Readonly<Record<string, Variable>>;
  readonly optimizer: Optimizer;
}

function create(name: OptimizerName): Subject {
  const parameters = { weight: parameter(normal(key, [2, 3])), bias: parameter(normal(key.foldIn(1), [3])) };
  const optimizer =
    name === 'sgd' ? optimizers.sgd(parameters, { momentum: 0.9 }) : optimizers[name](parameters);
  return { parameters, optimizer };
}

/** Takes the steps from number `from` up to `to`, each along gradients drawn for its number. */
function take({ optimizer }: Subject, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    optimizer.step([normal(key.foldIn(100 + step), [2, 3]), normal(key.foldIn(200 + step), [3])]);
  }
}

function values({ parameters }: Subject): unknown {
  return Object.values(parameters).map((each) => each.value.data);
}

describe('state and restore', () => {
  test.each(names)('%s goes on bit for bit', (name) => {
    const straight = create(name);
    take(straight, 0, 9);

    const stopped = create(name);
    take(stopped, 0, 4);
    const state = stopped.optimizer.state();
    const resumed = create(name);
    for (const [each, { value }] of Object.entries(stopped.parameters)) {
      resumed.parameters[each]!.assign(value);
    }
    take(stopped, 4, 6); // The state that was taken does not follow.
    resumed.optimizer.restore(state);
    expect(resumed.optimizer.steps).toBe(4);
    take(resumed, 4, 9);
    expect(values(resumed)).toEqual(values(straight));

    const forgetful = create(name);
    for (const [each, { value }] of Object.entries(straight.parameters)) {
      forgetful.parameters[each]!.assign(value);
    }
    take(forgetful, 4, 5);
    take(straight, 4, 5);
    expect(values(forgetful)).not.toEqual(values(straight));
  });

  test('names every slot of every parameter', () => {
    const { optimizer } = create('adam');
    expect(Object.keys(optimizer.state())).toEqual([
      'step',
      'mean.weight',
      'mean.bias',
      'meanSquare.weight',
      'meanSquare.bias',
    ]);
    expect(Object.keys(create('rmsprop').optimizer.state())).toEqual([
      'step',
      'meanSquare.weight',
      'meanSquare.bias',
    ]);
    expect(Object.keys(create('sgd').optimizer.state())).toEqual([
      'step',
      'velocity.weight',
      'velocity.bias',
    ]);
    const moments = ['mean.weight', 'mean.bias', 'meanSquare.weight', 'meanSquare.bias'];
    expect(Object.keys(create('adamw').optimizer.state())).toEqual(['step', ...moments]);
  });

  test('slots start from what their rule says', () => {
    const state = optimizers.adagrad({ x: parameter([1, 2]) }, { initialAccumulator: 0.5 }).state();
    expect(state['sumOfSquares.x']!.toArray()).toEqual([0.5, 0.5]);
  });

  test.each([
    [
      'a state without a slot',
      { 'velocity.bias': undefined },
      ArgumentError,
      'sgd.restore: the names do not fit this model (missing: velocity.bias)',
    ],
    [
      'a state with another optimiser’s slot',
      { 'mean.bias': zeros([3]) },
      ArgumentError,
      'unknown: mean.bias',
    ],
    [
      'a slot of another shape',
      { 'velocity.bias': zeros([4]) },
      ShapeError,
      'sgd.restore: velocity.bias was saved as float32 [4], but this model needs float32 [3].',
    ],
    [
      'a slot of another type',
      { 'velocity.bias': zeros([3], { dtype: 'float64' }) },
      DTypeError,
      'sgd.restore: velocity.bias was saved as float64 [3], but this model needs float32 [3].',
    ],
    [
      'a negative step',
      { step: tensor(-3, { dtype: 'int32' }) },
      ArgumentError,
      'sgd.restore: step was saved as int32 [] (-3); it must be an int32 scalar ≥ 0.',
    ],
    [
      'a broken step',
      { step: tensor(2.5) },
      ArgumentError,
      'sgd.restore: step was saved as float32 [] (2.5)',
    ],
    [
      'several steps',
      { step: tensor([1, 2], { dtype: 'int32' }) },
      ArgumentError,
      'sgd.restore: step was saved as int32 [2];',
    ],
  ])('refuses %s, and changes nothing', (_, change, errorClass, message) => {
    const subject = create('sgd');
    take(subject, 0, 2);
    const before = subject.optimizer.state();
    const entries: Readonly<Record<string, Tensor | undefined>> = {
      ...before,
      'velocity.weight': ones([2, 3]),
      ...change,
    };
    const given = Object.fromEntries(
      Object.entries(entries).flatMap(([name, value]) => (value ? [[name, value]] : [])),
    );
    expect(() => subject.optimizer.restore(given)).toThrow(errorClass);
    expect(() => subject.optimizer.restore(given)).toThrow(message);
    expect(subject.optimizer.state()).toEqual(before);
  });
});

describe('step', () => {
  test('follows a learning rate that changes', () => {
    const x = parameter(tensor([1], { dtype: 'float64' }));
    const optimizer = optimizers.sgd({ x }, { learningRate: 0.5 });
    const gradient = [tensor([1], { dtype: 'float64' })];
    optimizer.step(gradient);
    optimizer.learningRate = 0.125;
    optimizer.step(gradient);
    expect(x.toArray()).toEqual([0.375]);
    expect(optimizer.steps).toBe(2);
  });

  test.each([
    ['too few', [ones([2, 3])], ArgumentError, 'adam: 2 parameters need as many gradients, not 1.'],
    [
      'a shape that only broadcasts',
      [ones([2, 3]), ones([1])],
      ShapeError,
      'adam: the gradient of bias is [1], the parameter [3].',
    ],
    [
      'another type',
      [ones([2, 3]), ones([3], { dtype: 'float64' })],
      DTypeError,
      'adam: the gradient of bias is float64, the parameter float32.',
    ],
  ])('refuses gradients with %s, and changes nothing', (_, gradients, errorClass, message) => {
    const subject = create('adam');
    take(subject, 0, 1);
    const before = values(subject);
    const state = subject.optimizer.state();
    expect(() => subject.optimizer.step(gradients)).toThrow(errorClass);
    expect(() => subject.optimizer.step(gradients)).toThrow(message);
    expect(values(subject)).toEqual(before);
    expect(subject.optimizer.state()).toEqual(state);
  });
});
