import {
  checkGradients,
  gradients,
  jacobian,
  parameter,
  slogdet,
  type Variable,
  variable,
} from '@reparam/autograd';
import { normal, RandomKey, type Tensor, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../test/support/check-module-gradients.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { disturbParameters, measureFlow } from '../verify/measure-flow.ts';
import type { Flow, FlowOptions } from './flow.ts';
import { FlowDistribution } from './flow-distribution.ts';
import { type FlowKind, type FlowName, flows } from './table.ts';

const key = RandomKey.fromSeed(41);
const float64 = { dtype: 'float64' } as const;
const names = Object.keys(flows) as FlowName[];

/** What a continuous flow with its eight steps keeps of its promises; all others keep them to rounding. */
const precision = (name: FlowName): number => (name === 'continuous' ? 1e-5 : 1e-9);

/** What a layer lets through of z at the start: the gates of an inverse autoregressive flow sigmoid(2), others all. */
const shareAtStart = (name: FlowName): number => (name === 'iaf' ? 1 / (1 + Math.exp(-2)) : 1);

/** A flow that is visibly none at all. */
function disturbed(kind: FlowKind, options: Partial<FlowOptions> = {}, amount = 0.3): Flow {
  const flow = kind.create({ dimensions: 2, layers: 2, hidden: [4], key, dtype: 'float64', ...options });
  disturbParameters(flow, key.foldIn(1), amount);
  return flow;
}

function draw(number: number, shape: number[], standardDeviation = 1): Tensor {
  return normal(key.foldIn(100 + number), shape, { standardDeviation, ...float64 });
}

function largest(x: Variable): number {
  return x.abs().max().item();
}

describe.each(names)('%s', (name) => {
  const kind: FlowKind = flows[name];
  const dimensionsOf = (wanted: number[]): number[] => wanted.filter((d) => d >= kind.minimumDimensions);

  test.each(name === 'continuous' ? [0] : [0, 1])(
    'log-determinant, round trips and integral of random flow %i',
    (seed) => {
      const { logDetError, roundTripError, integral } = measureFlow(kind, { seed });
      expect(logDetError).toBeLessThan(precision(name));
      expect(roundTripError).toBeLessThan(precision(name));
      expect(Math.abs(integral - 1)).toBeLessThan(1e-4);
    },
  );

  test.each(dimensionsOf([1, 2, 5]))(
    'in %i dimensions its log-determinant is that of the Jacobian',
    (dimensions) => {
      const flow = disturbed(kind, { dimensions, layers: 3, context: 2 });
      const bijector = flow.at(draw(1, [1, 2]));
      for (const map of ['forwardAndLogDet', 'inverseAndLogDet'] as const) {
        const z = draw(2, [1, dimensions]);
        const [J] = jacobian((z) => bijector[map](z!).value)(z);
        const { logAbsDet } = slogdet(J!.reshape([dimensions, dimensions]));
        expect(Math.abs(bijector[map](z).logDet.item() - logAbsDet.item())).toBeLessThan(
          10 * precision(name),
        );
      }
    },
  );

  test.each(dimensionsOf([1, 2, 3, 8]))('starts as the identity in %i dimensions', (dimensions) => {
    const flow = kind.create({ dimensions, layers: 4, key, dtype: 'float64' });
    const z = draw(3, [6, dimensions], 2);
    const { value, logDet } = flow.at().forwardAndLogDet(z);
    const share = shareAtStart(name) ** 4;
    expect(largest(value.sub(variable(z).mul(share)))).toBeLessThan(1e-12);
    expect(largest(logDet.sub(dimensions * Math.log(share)))).toBeLessThan(1e-12);
  });

  test('starts near the same with a context', () => {
    const flow = kind.create({ dimensions: 2, layers: 2, key, dtype: 'float64', context: 3 });
    const z = draw(4, [5, 2]);
    const { value, logDet } = flow.at(draw(5, [5, 3])).forwardAndLogDet(z);
    const share = name === 'iaf' ? (1 + Math.exp(-2)) ** -2 : 1;
    expect(largest(value.sub(draw(4, [5, 2]).reshape([5, 2])).sub(parameter(z).mul(share - 1)))).toBeLessThan(
      0.5,
    );
    expect(largest(logDet.sub(2 * Math.log(share)))).toBeLessThan(0.5);
  });

  test('has one map for each context, which draws and single points broadcast against', () => {
    const flow = disturbed(kind, { context: 3 });
    const contexts = draw(6, [4, 3]);
    const z = draw(7, [5, 4, 2]);
    const together = flow.at(contexts).forwardAndLogDet(z);
    expect([together.value.shape, together.logDet.shape]).toEqual([
      [5, 4, 2],
      [5, 4],
    ]);
    for (let i = 0; i < 4; i++) {
      const alone = flow.at(contexts.slice([i])).forwardAndLogDet(z.slice([2, i]));
      expect(largest(alone.value.sub(together.value.slice([2, i])))).toBeLessThan(1e-12);
      expect(largest(alone.logDet.sub(together.logDet.slice([2, i])))).toBeLessThan(1e-12);
    }
    const point = z.slice([0, 0]);
    for (const map of ['forwardAndLogDet', 'inverseAndLogDet'] as const) {
      const spread = flow.at(contexts)[map](point);
      const repeated = flow.at(contexts)[map](point.reshape([1, 2]).expand([4, 2]));
      expect([spread.value.shape, spread.logDet.shape]).toEqual([[4, 2], [4]]);
      expect(largest(spread.value.sub(repeated.value))).toBeLessThan(1e-12);
      expect(largest(spread.logDet.sub(repeated.logDet))).toBeLessThan(1e-12);
    }
    expect(
      largest(together.value.slice([0, 0]).sub(flow.at(contexts).forwardAndLogDet(point).value.slice([1]))),
    ).toBeGreaterThan(1e-3);
  });

  // The spectral norms of a residual flow are differentiated once; a continuous flow with fewer steps is checked in
  // continuous.test.ts.
  const orders = name === 'residual' ? [1] : name === 'continuous' ? [] : [1, 2];
  test.each(orders as (1 | 2)[])(
    'derivatives by point, context and parameters agree with differences, order %i',
    (order) => {
      const flow = disturbed(kind, { context: 2, hidden: [3] });
      const inputs = [draw(8, [2, 2], 0.7), draw(9, [2, 2])];
      const through = (context: Variable): FlowDistribution =>
        new FlowDistribution(DiagonalNormal.standard(2, 'float64'), [flow.at(context)]);
      const density = checkModuleGradients(flow, (y, context) => through(context!).logProb(y!), inputs, {
        order,
      });
      const draws = checkModuleGradients(
        flow,
        (z, context) => {
          const { value, logDet } = flow.at(context!).forwardAndLogDet(z!);
          return value.sum({ axes: -1 }).add(logDet.mul(0.7));
        },
        inputs,
        { order },
      );
      expect(Math.min(density.comparisons, draws.comparisons)).toBeGreaterThan(0);
    },
  );

  test('in float32 does as in float64, for points as far as 1000', () => {
    const wide = disturbed(kind);
    const narrow = kind.create({ dimensions: 2, layers: 2, hidden: [4], key, dtype: 'float32' });
    narrow.restore(
      Object.fromEntries(Object.entries(wide.state()).map(([path, value]) => [path, value.cast('float32')])),
    );
    for (const spread of [1, 30, 1000]) {
      const z = draw(10, [40, 2], spread);
      const exact = wide.at().forwardAndLogDet(z);
      const image = narrow.at().forwardAndLogDet(z.cast('float32'));
      expect([image.value.dtype, image.logDet.dtype]).toEqual(['float32', 'float32']);
      expect(largest(image.value.cast('float64').sub(exact.value)) / spread).toBeLessThan(1e-4);
      expect(largest(image.logDet.cast('float64').sub(exact.logDet))).toBeLessThan(1e-3);
      const back = narrow.at().inverseAndLogDet(image.value);
      expect(largest(back.value.cast('float64').sub(z)) / spread).toBeLessThan(
        name === 'continuous' ? 1e-2 : 1e-3,
      );
      expect(largest(back.logDet.add(image.logDet))).toBeLessThan(1e-2);
    }
  });

  test('detached it is the same map of constant parameters', () => {
    const flow = disturbed(kind, { context: 2 });
    const [context, z] = [parameter(draw(11, [3, 2])), parameter(draw(12, [3, 2]))];
    const whole = flow.at(context);
    const constant = whole.detach();
    for (const map of ['forwardAndLogDet', 'inverseAndLogDet'] as const) {
      const [a, b] = [whole[map](z), constant[map](z)];
      expect(a.value.toArray()).toEqual(b.value.toArray());
      expect(a.logDet.toArray()).toEqual(b.logDet.toArray());
      const byParameters = gradients(b.value.square().sum().add(b.logDet.sum()), [
        context,
        ...flow.parameters(),
      ]);
      expect(
        byParameters
          .flatMap((gradient) => gradient.toArray())
          .flat(2)
          .every((entry) => entry === 0),
      ).toBe(true);
    }
    checkGradients((z) => constant.inverseAndLogDet(z!).value, [z.value]);
  });

  test('is restored from its state', () => {
    const flow = disturbed(kind);
    const other = kind.create({
      dimensions: 2,
      layers: 2,
      hidden: [4],
      key: key.foldIn(9),
      dtype: 'float64',
    });
    const z = draw(13, [3, 2]);
    const expected = flow.at().forwardAndLogDet(z);
    other.restore(flow.state());
    expect(largest(other.at().forwardAndLogDet(z).value.sub(expected.value))).toBeLessThan(1e-13);
  });

  test('refuses numbers and contexts that do not fit', () => {
    const options = { dimensions: 2, layers: 2, key };
    const dimensions = kind.minimumDimensions - 1;
    expect(() => kind.create({ ...options, dimensions })).toThrow(
      `dimensions is ${dimensions}; it must be a whole number ≥ ${kind.minimumDimensions}.`,
    );
    expect(() => kind.create({ ...options, layers: 0 })).toThrow(
      'layers is 0; it must be a whole number ≥ 1.',
    );
    expect(() => kind.create({ ...options, context: 0.5 })).toThrow('context is 0.5;');
    expect(() => kind.create({ ...options, hidden: [3, 0] })).toThrow('hidden is 0;');
    expect(() => kind.create(options).at(tensor([1]))).toThrow(
      'this flow has parameters of its own and takes no context. Create it with { context: length } for one.',
    );
    const conditioned = kind.create({ ...options, context: 3 });
    expect(() => conditioned.at()).toThrow('this flow depends on a context of 3 features: call at(context).');
    expect(() => conditioned.at(tensor([[1, 2]]))).toThrow(
      'context is [1, 2] (last axis = 2), but this flow depends on 3 features.',
    );
  });
});
