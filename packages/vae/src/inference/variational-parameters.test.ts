import { concat, gradients, parameter, type Variable } from '@reparam/autograd';
import { adam, Linear, linearSchedule, perceptron } from '@reparam/nn';
import { ArgumentError, DTypeError, RandomKey, ShapeError, tensor } from '@reparam/tensor';
import { beforeEach, describe, expect, test } from 'vitest';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { Mixture } from '../distributions/mixture.ts';
import { ParameterPosterior } from './parameter-posterior.ts';
import { VariationalParameters } from './variational-parameters.ts';

const key = RandomKey.fromSeed(129);
const float64 = { dtype: 'float64' } as const;

describe('Bayesian linear regression, whose answers are exact', () => {
  // y ~ N(wᵀ(1, t), ¼) with w ~ N(0, I): posterior precision I + 4·XᵀX = [[21, 40], [40, 121]].
  const features = tensor(
    [0, 1, 2, 3, 4].map((t) => [1, t]),
    float64,
  );
  const targets = tensor([[1.1], [2.9], [5.2], [6.8], [9.1]], float64);
  const exact = { mean: [0.990861, 1.989798], logEvidence: -7.261525 };
  const meanField = { variances: [1 / 21, 1 / 121], elbo: -7.75821 };
  const determinant = 21 * 121 - 40 ** 2;
  const covariance = [
    [121 / determinant, -40 / determinant],
    [-40 / determinant, 21 / determinant],
  ] as const;
  const layer = new Linear({ inputs: 2, outputs: 1, key, bias: false, dtype: 'float64' });
  const logLikelihood = (): Variable =>
    DiagonalNormal.fromScale(layer.forward(features), 0.5).logProb(targets);

  /** A posterior at given means and scales, that is at a given optimum. */
  function posteriorAt(scales: readonly number[], lower?: number): VariationalParameters {
    layer.weight.assign(
      tensor(
        exact.mean.map((each) => [each]),
        float64,
      ),
    );
    const variational = new VariationalParameters(layer, lower === undefined ? {} : { covariance: 'full' });
    variational.logScale.assign(tensor(scales.map(Math.log), float64));
    variational.lower?.assign(
      tensor(
        [
          [0, 0],
          [lower!, 0],
        ],
        float64,
      ),
    );
    return variational;
  }

  /** Estimates of the bound on the five examples, and of its gradients, from draws one by one. */
  function estimatesOf(variational: VariationalParameters, count: number) {
    const bounds: number[] = [];
    const slopes = variational
      .parameters()
      .map(({ size }) => Array.from({ length: size }, (): number[] => []));
    for (let i = 0; i < count; i++) {
      const { elbo, loss } = variational.elbo({ logLikelihood, dataCount: 5, key: key.foldIn(i) });
      bounds.push(5 * elbo.item());
      gradients(loss, variational.parameters()).forEach(({ value }, p) => {
        for (const [j, slope] of value.toTypedArray().entries()) slopes[p]![j]!.push(slope);
      });
    }
    return { bounds, slopes: slopes.flat() };
  }

  test.each([
    {
      name: 'mean-field',
      scales: meanField.variances.map(Math.sqrt),
      lower: undefined,
      bound: meanField.elbo,
    },
    {
      name: 'full-covariance',
      scales: [Math.sqrt(covariance[0][0]), Math.sqrt(1 / 121)],
      lower: covariance[1][0] / Math.sqrt(covariance[0][0]),
      bound: exact.logEvidence,
    },
  ])('the $name optimum has the exact bound, and no gradient', ({ scales, lower, bound }) => {
    const { bounds, slopes } = estimatesOf(posteriorAt(scales, lower), 1500);
    const { mean, standardError } = estimate(bounds);
    expect(Math.abs(mean - bound)).toBeLessThan(4 * standardError + 1e-5);
    expect(standardError).toBeLessThan(0.1);
    for (const each of slopes) {
      const { mean: slope, standardError: error } = estimate(each);
      // The exact mean is known to six digits, and the curvature is about 25 per example.
      expect(Math.abs(slope)).toBeLessThan(4 * error + 5e-5);
    }
  });

  test.each(['diagonal', 'full'] as const)('training a %s posterior from elsewhere gets there', (choice) => {
    layer.weight.assign(tensor([[0], [0]], float64));
    const variational = new VariationalParameters(layer, { covariance: choice, initialScale: 0.2 });
    const optimizer = adam(variational.namedParameters());
    const steps = 700;
    const rate = linearSchedule({ from: 0.08, to: 0.0005, over: steps });
    for (let step = 0; step < steps; step++) {
      const { loss } = variational.elbo({ logLikelihood, dataCount: 5, key: key.foldIn(step), samples: 4 });
      optimizer.learningRate = rate(step);
      optimizer.step(gradients(loss, variational.parameters()).map(({ value }) => value));
    }
    const scales = variational.logScale.exp().value.toTypedArray();
    exact.mean.forEach((mean, d) => {
      expect(Math.abs(variational.location.value.toTypedArray()[d]! - mean)).toBeLessThan(0.03);
    });
    const expected =
      choice === 'diagonal'
        ? meanField.variances.map(Math.sqrt)
        : [Math.sqrt(covariance[0][0]), Math.sqrt(1 / 121)];
    expected.forEach((scale, d) => {
      expect(scales[d]! / scale).toBeGreaterThan(0.93);
      expect(scales[d]! / scale).toBeLessThan(1.07);
    });
    if (choice === 'full') {
      const below = variational.lower!.value.toTypedArray()[2]!;
      expect(below / (covariance[1][0] / Math.sqrt(covariance[0][0]))).toBeCloseTo(1, 1);
    }
  });

  test('the terms are shares of an example, and weigh the KL', () => {
    const variational = posteriorAt([0.3, 0.2]);
    const options = { logLikelihood, dataCount: 20, key, samples: 3, klWeight: 0.25 };
    const terms = variational.elbo(options);
    const byHand = exact.mean.reduce((sum, mean, d) => {
      const variance = [0.09, 0.04][d]!;
      return sum + 0.5 * (variance + mean ** 2 - 1 - Math.log(variance));
    }, 0);
    expect(terms.kl.item()).toBeCloseTo(byHand / 20, 12);
    expect(terms.klEstimated).toBe(false);
    const fits = key
      .split(3)
      .map((each) => variational.withSample(each, () => logLikelihood().mean().item()));
    expect(new Set(fits).size).toBe(3);
    expect(terms.logLikelihood.item()).toBeCloseTo(
      fits.reduce((sum, fit) => sum + fit / 3, 0),
      12,
    );
    expect(terms.elbo.item()).toBeCloseTo(terms.logLikelihood.item() - terms.kl.item(), 12);
    expect(terms.loss.item()).toBeCloseTo(0.25 * terms.kl.item() - terms.logLikelihood.item(), 12);
  });
});

describe('of a network', () => {
  const network = perceptron({ sizes: [2, 3, 1], key, dtype: 'float64' });
  const initial = network.state();
  const x = tensor([[0.3, -1]], float64);
  beforeEach(() => network.restore(initial));

  test('its own parameters are the means, in a row, and the scales: the network’s are no part of it', () => {
    const variational = new VariationalParameters(network, { initialScale: 0.1 });
    expect(Object.keys(variational.namedParameters())).toEqual(['location', 'logScale']);
    const row = network.parameters().flatMap(({ value }) => Array.from(value.toTypedArray()));
    expect(variational.location.toArray()).toEqual(row);
    expect(variational.logScale.toArray()).toEqual(row.map(() => Math.log(0.1)));
    expect(variational.withMeans(() => network.forward(x).toArray())).toEqual(network.forward(x).toArray());
  });

  test('a draw is the means plus noise of the scale, cut into the parameters', () => {
    const variational = new VariationalParameters(network, { initialScale: 0.1 });
    const { values } = variational.draw(key);
    const drawn = network.parameters().flatMap((each) => {
      expect(values.get(each)!.shape).toEqual(each.shape);
      return Array.from(values.get(each)!.value.toTypedArray());
    });
    expect(drawn).toEqual(variational.distribution().sample(key).toArray());
    // Noise over 400 draws: its variance is .01 for every parameter.
    const first = network.parameters()[0]!;
    const noise = Array.from({ length: 400 }, (_, i) =>
      Array.from(variational.draw(key.foldIn(i)).values.get(first)!.sub(first).value.toTypedArray()),
    ).flat();
    const { mean, variance, standardError } = estimate(noise);
    expect(Math.abs(mean)).toBeLessThan(4 * standardError);
    expect(Math.abs(variance / 0.01 - 1)).toBeLessThan(4 * Math.sqrt(2 / noise.length));
  });

  test('withSample leaves the network as it was', () => {
    const variational = new VariationalParameters(network, { initialScale: 0.1 });
    const before = network.forward(x).item();
    expect(variational.withSample(key, () => network.forward(x).item())).not.toBe(before);
    expect(network.forward(x).item()).toBe(before);
  });

  test('gradients flow to means and scales, and not to the network', () => {
    const variational = new VariationalParameters(network);
    const output = variational.withSample(key, () => network.forward(x).sum());
    for (const { value } of gradients(output, variational.parameters()))
      expect(value.toTypedArray().some((slope) => slope !== 0)).toBe(true);
    for (const { value } of gradients(output, network.parameters()))
      expect(value.toTypedArray().every((slope) => slope === 0)).toBe(true);
  });

  test('assignMeans gives it the means for good', () => {
    const variational = new VariationalParameters(network);
    variational.location.assign(variational.location.mul(3).value);
    const expected = variational.withMeans(() => network.forward(x).item());
    expect(network.forward(x).item()).not.toBe(expected);
    variational.assignMeans();
    expect(network.forward(x).item()).toBe(expected);
  });
});

describe('the posterior', () => {
  test('has one number for a parameter that the model holds twice', () => {
    const weight = parameter(tensor([2, 3], float64));
    const posterior = new ParameterPosterior({ encoder: weight, decoder: weight });
    expect(posterior.location.toArray()).toEqual([2, 3]);
    expect([...posterior.means()].map(([held, mean]) => [held === weight, mean.toArray()])).toEqual([
      [true, [2, 3]],
    ]);
  });

  const parameters = new Linear({ inputs: 2, outputs: 1, key, dtype: 'float64' }).namedParameters();

  test('takes the scale of its prior, or a prior of its own', () => {
    const narrow = new ParameterPosterior(parameters, { prior: 0.5 });
    const means = Array.from(narrow.location.value.toTypedArray());
    // ln(σ_p/σ_q) + (σ_q² + μ²)/(2σ_p²) − ½
    const byHand = means.reduce(
      (sum, mean) => sum + Math.log(0.5 / 0.05) + (0.0025 + mean ** 2) / 0.5 - 0.5,
      0,
    );
    const { kl } = narrow.draw(key);
    expect(kl.value.item()).toBeCloseTo(byHand, 12);
    expect(kl.estimated).toBe(false);

    const prior = new Mixture(
      tensor([0, 1], float64),
      DiagonalNormal.fromScale(tensor([means.map(() => 0), means.map(() => 1)], float64), 0.5),
    );
    const mixed = new ParameterPosterior(parameters, { prior });
    const { values, kl: estimated } = mixed.draw(key);
    const drawn = concat([...values.values()].map((each) => each.reshape([each.size])));
    expect(estimated.estimated).toBe(true);
    expect(estimated.value.item()).toBeCloseTo(
      mixed.distribution().logProb(drawn).sub(prior.logProb(drawn)).item(),
      12,
    );
  });

  test.each<[string, () => unknown]>([
    ['ParameterPosterior: there are no parameters to infer.', () => new ParameterPosterior({})],
    [
      'ParameterPosterior: initialScale is 0; it must be a number above 0.',
      () => new ParameterPosterior(parameters, { initialScale: 0 }),
    ],
    [
      'ParameterPosterior: prior is -1; it must be a number above 0.',
      () => new ParameterPosterior(parameters, { prior: -1 }),
    ],
    [
      'ParameterPosterior: a full covariance of 5000 parameters has 5000² numbers; that is for models of up to 4096.',
      () =>
        new ParameterPosterior(new Linear({ inputs: 5000, outputs: 1, key, bias: false }).namedParameters(), {
          covariance: 'full',
        }),
    ],
    [
      'elbo: dataCount is 0; it must be a whole number ≥ 1.',
      () =>
        new VariationalParameters(new Linear({ inputs: 1, outputs: 1, key })).elbo({
          logLikelihood: () => new Linear({ inputs: 1, outputs: 1, key }).forward(tensor([[1]])),
          dataCount: 0,
          key,
        }),
    ],
  ])('refuses: %s', (message, build) => {
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(message);
  });

  test('refuses mixed types and a prior over another event', () => {
    const mixed = { ...parameters, other: new Linear({ inputs: 1, outputs: 1, key }).weight };
    expect(() => new ParameterPosterior(mixed)).toThrow(DTypeError);
    expect(() => new ParameterPosterior(mixed)).toThrow('weight is float64 but other is float32');
    const prior = DiagonalNormal.standard(2, 'float64');
    expect(() => new ParameterPosterior(parameters, { prior })).toThrow(ShapeError);
    expect(() => new ParameterPosterior(parameters, { prior })).toThrow(
      'ParameterPosterior: the prior is a batch of [] over events [2], but the model has 3 parameters; give one ' +
        'distribution over [3].',
    );
  });
});
