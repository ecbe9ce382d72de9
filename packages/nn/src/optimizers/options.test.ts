import { parameter } from '@reparam/autograd';
import { ArgumentError, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import type { Optimizer, Parameters } from './optimizer.ts';
import { optimizers } from './rules.ts';

const { adagrad, adam, adamax, adamw, rmsprop, sgd } = optimizers;

describe('weight decay', () => {
  const still = [tensor([0], { dtype: 'float64' }), tensor([0], { dtype: 'float64' })];
  const decays = (name: string): boolean => name.endsWith('weight');

  test.each<[string, (parameters: Parameters) => Optimizer]>([
    ['sgd', (p) => sgd(p, { learningRate: 0.5, weightDecay: 0.25, decays })],
    ['adamw', (p) => adamw(p, { learningRate: 0.5, weightDecay: 0.25, decays })],
  ])('of %s pulls at the parameters that are named, and no others', (_, create) => {
    const weight = parameter(tensor([8], { dtype: 'float64' }));
    const bias = parameter(tensor([8], { dtype: 'float64' }));
    const optimizer = create({ 'layer.weight': weight, 'layer.bias': bias });
    // Without a gradient p ← p − ½·¼·p: 8, 7, 6.125.
    optimizer.step(still);
    expect([weight.toArray(), bias.toArray()]).toEqual([[7], [8]]);
    optimizer.step(still);
    expect([weight.toArray(), bias.toArray()]).toEqual([[6.125], [8]]);
  });

  test('of adamw, unlike a penalty, does not wear off where gradients are large', () => {
    const x = parameter(tensor([8, 8], { dtype: 'float64' }));
    const optimizer = adamw({ x }, { learningRate: 0.5, weightDecay: 0.25, epsilon: 0 });
    // p ← 8 − ½(g/|g| + ¼·8)
    optimizer.step([tensor([1e-3, -1e9], { dtype: 'float64' })]);
    expect(x.toArray()).toEqual([6.5, 7.5]);
  });
});

describe('options out of range', () => {
  const x = (): Parameters => ({ x: parameter([1]) });

  test.each<[() => Optimizer, string]>([
    [() => sgd(x(), { momentum: 1 }), 'sgd: momentum is 1; it must be at least 0 and below 1.'],
    [() => sgd(x(), { momentum: -0.1 }), 'sgd: momentum is -0.1; it must be at least 0 and below 1.'],
    [() => rmsprop(x(), { decay: 1.5 }), 'rmsprop: decay is 1.5; it must be at least 0 and below 1.'],
    [() => adam(x(), { beta1: Number.NaN }), 'adam: beta1 is NaN; it must be at least 0 and below 1.'],
    [() => adam(x(), { beta2: 1 }), 'adam: beta2 is 1; it must be at least 0 and below 1.'],
    [() => adam(x(), { learningRate: 0 }), 'adam: the learning rate is 0; it must be > 0.'],
    [() => sgd(x(), { learningRate: -1 }), 'sgd: the learning rate is -1; it must be > 0.'],
    [
      () => rmsprop(x(), { learningRate: Infinity }),
      'rmsprop: the learning rate is Infinity; it must be > 0.',
    ],
    [() => sgd(x(), { weightDecay: -1 }), 'sgd: weightDecay is -1; it must be a number ≥ 0.'],
    [
      () => sgd(x(), { nesterov: true }),
      'sgd: momentum is 0, so there is none to look ahead along; set momentum, to 0.9 for example.',
    ],
    [() => adamw(x(), { weightDecay: Infinity }), 'adamw: weightDecay is Infinity; it must be a number ≥ 0.'],
    [() => adamw(x(), { beta1: 1 }), 'adamw: beta1 is 1; it must be at least 0 and below 1.'],
    [() => adamax(x(), { beta2: -1 }), 'adamax: beta2 is -1; it must be at least 0 and below 1.'],
    [() => adam(x(), { epsilon: Number.NaN }), 'adam: epsilon is NaN; it must be a number ≥ 0.'],
    [() => rmsprop(x(), { epsilon: -1 }), 'rmsprop: epsilon is -1; it must be a number ≥ 0.'],
    [
      () => adagrad(x(), { initialAccumulator: -1 }),
      'adagrad: initialAccumulator is -1; it must be a number ≥ 0.',
    ],
    [() => adam({}), 'adam: there are no parameters to optimise.'],
  ])('%s', (create, message) => {
    expect(create).toThrow(ArgumentError);
    expect(create).toThrow(message);
  });
});
