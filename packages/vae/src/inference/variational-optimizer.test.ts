import { gradients, type Variable } from '@reparam/autograd';
import { Linear, linearSchedule, type Module, sgd } from '@reparam/nn';
import { ArgumentError, RandomKey, ShapeError, type Tensor, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { type VariationalInferenceOptions, variationalInference } from './variational-optimizer.ts';
import { VariationalParameters } from './variational-parameters.ts';

const key = RandomKey.fromSeed(140);
const float64 = { dtype: 'float64' } as const;
const features = tensor(
  [0, 1, 2, 3, 4].map((t) => [1, t]),
  float64,
);
const targets = tensor([[1.1], [2.9], [5.2], [6.8], [9.1]], float64);

function regression(): Linear {
  return new Linear({ inputs: 2, outputs: 1, key, bias: false, dtype: 'float64' });
}

/** Of each example: [5]. */
function logLikelihood(layer: Linear): Variable {
  return DiagonalNormal.fromScale(layer.forward(features), 0.5).logProb(targets);
}

/** What a training loop gives any optimiser. */
function slopesOf(layer: Linear): Tensor[] {
  return gradients(logLikelihood(layer).mean().neg(), layer.parameters()).map(({ value }) => value);
}

const options: VariationalInferenceOptions = { dataCount: 5, key };

describe('a step', () => {
  test('moves means and scales along the gradient of the bound at the draw that the parameters hold', () => {
    const layer = regression();
    const start = layer.weight.value;
    const optimizer = variationalInference(layer.namedParameters(), {
      ...options,
      learningRate: 0.01,
      klWeight: 0.7,
      optimizer: sgd,
    });
    expect(layer.weight.value).toBe(start);
    // The same by the bound itself, on a module of its own.
    const twin = regression();
    const variational = new VariationalParameters(twin);
    const follow = (draw: () => Variable): void => {
      const loss = draw();
      const slopes = gradients(loss, variational.parameters());
      for (const [i, each] of variational.parameters().entries()) {
        each.assign(each.sub(slopes[i]!.mul(0.01)).value);
      }
    };
    const kl = (): Variable => variational.draw(key).kl.value.mul(0.7 / 5);
    follow(() => variational.withMeans(() => logLikelihood(twin).mean().neg()).add(kl()));
    optimizer.step(slopesOf(layer));
    for (const step of [1, 2]) {
      follow(
        () =>
          variational.elbo({
            logLikelihood: () => logLikelihood(twin),
            dataCount: 5,
            key: key.foldIn(step),
            klWeight: 0.7,
          }).loss,
      );
      optimizer.step(slopesOf(layer));
      for (const [name, { value }] of Object.entries(variational.namedParameters())) {
        const found = optimizer.posterior.namedParameters()[name]!.value.toTypedArray();
        expect(Array.from(found)).toEqual(
          Array.from(value.toTypedArray(), (each) => expect.closeTo(each, 12)),
        );
      }
    }
    const { values } = variational.draw(key.foldIn(3));
    expect(layer.weight.toArray()).toEqual(
      (values.get(twin.weight)!.toArray() as number[][]).map(([each]) => [expect.closeTo(each!, 12)]),
    );
    expect(optimizer.steps).toBe(3);
  });

  test('trains to the exact posterior of the mean field, like any optimiser in the same loop', () => {
    const layer = regression();
    const optimizer = variationalInference(layer.namedParameters(), { ...options, initialScale: 0.2 });
    const steps = 3000;
    const rate = linearSchedule({ from: 0.05, to: 0.0002, over: steps });
    for (let step = 0; step < steps; step++) {
      optimizer.learningRate = rate(step);
      optimizer.step(slopesOf(layer));
    }
    const [means, scales] = [optimizer.posterior.location, optimizer.posterior.logScale.exp()].map((each) =>
      each.value.toTypedArray(),
    );
    for (const [d, mean, variance] of [
      [0, 0.990861, 1 / 21],
      [1, 1.989798, 1 / 121],
    ] as const) {
      expect(Math.abs(means![d]! - mean)).toBeLessThan(0.04);
      expect(Math.abs(scales![d]! / Math.sqrt(variance) - 1)).toBeLessThan(0.1);
    }
  });

  test('refuses gradients that do not fit, and changes nothing', () => {
    const layer = regression();
    const optimizer = variationalInference(layer.namedParameters(), options);
    const before = optimizer.posterior.state();
    expect(() => optimizer.step([])).toThrow(ArgumentError);
    expect(() => optimizer.step([])).toThrow('variational: 1 parameters need as many gradients, not 0.');
    expect(() => optimizer.step([zeros([1, 1], float64)])).toThrow(ShapeError);
    expect(() => optimizer.step([zeros([1, 1], float64)])).toThrow(
      'variational: the gradient of weight is [1, 1], the parameter [2, 1].',
    );
    expect(optimizer.posterior.state()).toEqual(before);
    expect(optimizer.steps).toBe(0);
  });
});

describe('the parameters', () => {
  test('are at the means inside withMeans, and at the draw again afterwards', () => {
    const layer = regression();
    const optimizer = variationalInference(layer.namedParameters(), options);
    optimizer.step(slopesOf(layer));
    const draw = layer.weight.toArray();
    const means = optimizer.withMeans(() => layer.weight.toArray());
    expect((means as number[][]).flat()).toEqual(optimizer.posterior.location.toArray());
    expect(layer.weight.toArray()).toEqual(draw);
    expect(draw).not.toEqual(means);
    expect(() =>
      optimizer.withMeans(() => {
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(layer.weight.toArray()).toEqual(draw);
    expect(() => optimizer.withMeans(async () => undefined)).toThrow('fn returned a promise');
  });
});

describe('a saved state', () => {
  function trained(steps: number): { layer: Linear; optimizer: ReturnType<typeof variationalInference> } {
    const layer = regression();
    const optimizer = variationalInference(layer.namedParameters(), options);
    for (let step = 0; step < steps; step++) optimizer.step(slopesOf(layer));
    return { layer, optimizer };
  }

  function bits(module: Module): unknown[] {
    return module.parameters().map(({ value }) => Array.from(value.toTypedArray()));
  }

  test('goes on to the same bits, whatever key the new one was made with', () => {
    const { layer, optimizer } = trained(3);
    const resumed = regression();
    const other = variationalInference(resumed.namedParameters(), { ...options, key: key.foldIn(9) });
    other.restore(optimizer.state());
    expect(bits(resumed)).toEqual(bits(layer));
    for (const [each, by] of [
      [layer, optimizer],
      [resumed, other],
    ] as const)
      for (let step = 0; step < 3; step++) by.step(slopesOf(each));
    expect(bits(resumed)).toEqual(bits(layer));
    expect(bits(other.posterior)).toEqual(bits(optimizer.posterior));
    expect(other.steps).toBe(6);
  });

  test('that does not fit is refused, and nothing is changed', () => {
    const { layer, optimizer } = trained(2);
    const state = optimizer.state();
    const before = [bits(layer), bits(optimizer.posterior)];
    const { key: _, ...withoutKey } = state;
    const { step, ...withoutStep } = state;
    expect(step!.item()).toBe(2);
    expect(() => optimizer.restore(withoutKey)).toThrow('variational.restore: the random key is missing');
    expect(() => optimizer.restore({ ...withoutStep, location: tensor([5, 5], float64) })).toThrow(
      'missing: step',
    );
    expect(() => optimizer.restore({ ...state, location: tensor([5], float64) })).toThrow(ShapeError);
    expect([bits(layer), bits(optimizer.posterior)]).toEqual(before);
    expect(optimizer.steps).toBe(2);
  });
});

test.each<[string, Partial<VariationalInferenceOptions>]>([
  ['variationalInference: dataCount is 2.5; it must be a whole number ≥ 1.', { dataCount: 2.5 }],
  ['variationalInference: klWeight is -1; it must be ≥ 0.', { klWeight: -1 }],
  ['adam: the learning rate is 0; it must be > 0.', { learningRate: 0 }],
])('refuses: %s', (message, change) => {
  const build = (): unknown =>
    variationalInference(regression().namedParameters(), { ...options, ...change });
  expect(build).toThrow(ArgumentError);
  expect(build).toThrow(message);
});
