import { gradients, parameter, sum } from '@reparam/autograd';
import { tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import type { Optimizer, Parameters } from './optimizer.ts';
import { optimizers } from './rules.ts';

/** One number's path under an update rule: given gradients, the values after each step. */
type ByHand = (start: number, gradients: readonly number[]) => number[];

/** m ← μm + g, p ← p − ηm */
function sgdByHand(eta: number, mu: number): ByHand {
  return (start, gradients) => {
    let [p, m] = [start, 0];
    return gradients.map((g) => {
      m = mu * m + g;
      p -= eta * m;
      return p;
    });
  };
}

/** Sutskever et al. (2013), equation 3, with v ← −ηm as every framework writes it: p ← p − η(g + μm), g with λp. */
function nesterovByHand(eta: number, mu: number, lambda: number): ByHand {
  return (start, gradients) => {
    let [p, m] = [start, 0];
    return gradients.map((g) => {
      const slope = g + lambda * p;
      m = mu * m + slope;
      p -= eta * (slope + mu * m);
      return p;
    });
  };
}

/** Gradient descent on the loss with ½λp² added to it. */
function penalizedByHand(eta: number, lambda: number): ByHand {
  return (start, gradients) => {
    let p = start;
    return gradients.map((g) => {
      p -= eta * (g + lambda * p);
      return p;
    });
  };
}

/** Figure 1 of Duchi et al. (2011), diagonal: p ← p − ηg/(√Σg² + ε). */
function adagradByHand(eta: number, initial: number, epsilon: number): ByHand {
  return (start, gradients) => {
    let p = start;
    return gradients.map((g, i) => {
      const total = gradients.slice(0, i + 1).reduce((sum, each) => sum + each ** 2, initial);
      p -= (eta * g) / (Math.sqrt(total) + epsilon);
      return p;
    });
  };
}

/** s ← ρs + (1−ρ)g², p ← p − ηg/(√s + ε) */
function rmspropByHand(eta: number, rho: number, epsilon: number): ByHand {
  return (start, gradients) => {
    let [p, s] = [start, 0];
    return gradients.map((g) => {
      s = rho * s + (1 - rho) * g ** 2;
      p -= (eta * g) / (Math.sqrt(s) + epsilon);
      return p;
    });
  };
}

/** Algorithm 1 of Kingma & Ba (2015). */
function adamByHand(eta: number, beta1: number, beta2: number, epsilon: number): ByHand {
  return (start, gradients) => {
    let [theta, m, v] = [start, 0, 0];
    return gradients.map((g, i) => {
      const t = i + 1;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g ** 2;
      theta -= (eta * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
      return theta;
    });
  };
}

/** Algorithm 2 of Loshchilov & Hutter (2019), without a schedule: the decay is a step of its own, along λp. */
function adamWByHand(eta: number, beta1: number, beta2: number, epsilon: number, lambda: number): ByHand {
  return (start, gradients) => {
    let [theta, m, v] = [start, 0, 0];
    return gradients.map((g, i) => {
      const t = i + 1;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g ** 2;
      const step = m / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
      theta -= eta * (step + lambda * theta);
      return theta;
    });
  };
}

/** Algorithm 2 of Kingma & Ba (2015); ε beside |g|, so that 0/0 cannot be. */
function adamaxByHand(eta: number, beta1: number, beta2: number, epsilon: number): ByHand {
  return (start, gradients) => {
    let [theta, m, u] = [start, 0, 0];
    return gradients.map((g, i) => {
      m = beta1 * m + (1 - beta1) * g;
      u = Math.max(beta2 * u, Math.abs(g) + epsilon);
      theta -= (eta / (1 - beta1 ** (i + 1))) * (m / u);
      return theta;
    });
  };
}

const { adagrad, adam, adamax, adamw, rmsprop, sgd } = optimizers;

const cases: readonly (readonly [string, (parameters: Parameters) => Optimizer, ByHand])[] = [
  ['sgd unless told', (p) => sgd(p), sgdByHand(0.01, 0)],
  ['sgd', (p) => sgd(p, { learningRate: 0.3 }), sgdByHand(0.3, 0)],
  ['sgd with momentum', (p) => sgd(p, { learningRate: 0.3, momentum: 0.85 }), sgdByHand(0.3, 0.85)],
  [
    'sgd with Nesterov’s momentum',
    (p) => sgd(p, { learningRate: 0.1, momentum: 0.6, nesterov: true }),
    nesterovByHand(0.1, 0.6, 0),
  ],
  [
    'sgd with Nesterov’s momentum and weight decay',
    (p) => sgd(p, { learningRate: 0.1, momentum: 0.6, nesterov: true, weightDecay: 0.2 }),
    nesterovByHand(0.1, 0.6, 0.2),
  ],
  [
    'sgd with weight decay',
    (p) => sgd(p, { learningRate: 0.1, weightDecay: 0.3 }),
    penalizedByHand(0.1, 0.3),
  ],
  ['adagrad unless told', (p) => adagrad(p), adagradByHand(0.01, 0, 1e-10)],
  [
    'adagrad',
    (p) => adagrad(p, { learningRate: 0.3, initialAccumulator: 0.5, epsilon: 0.1 }),
    adagradByHand(0.3, 0.5, 0.1),
  ],
  ['adamw unless told', (p) => adamw(p), adamWByHand(1e-3, 0.9, 0.999, 1e-8, 0.01)],
  [
    'adamw',
    (p) => adamw(p, { learningRate: 0.05, beta1: 0.6, beta2: 0.8, epsilon: 0.1, weightDecay: 0.4 }),
    adamWByHand(0.05, 0.6, 0.8, 0.1, 0.4),
  ],
  ['adamax unless told', (p) => adamax(p), adamaxByHand(2e-3, 0.9, 0.999, 1e-8)],
  [
    'adamax',
    (p) => adamax(p, { learningRate: 0.05, beta1: 0.6, beta2: 0.8, epsilon: 0.1 }),
    adamaxByHand(0.05, 0.6, 0.8, 0.1),
  ],
  ['rmsprop unless told', (p) => rmsprop(p), rmspropByHand(1e-3, 0.9, 1e-8)],
  [
    'rmsprop',
    (p) => rmsprop(p, { learningRate: 0.02, decay: 0.7, epsilon: 0.1 }),
    rmspropByHand(0.02, 0.7, 0.1),
  ],
  ['adam unless told', (p) => adam(p), adamByHand(1e-3, 0.9, 0.999, 1e-8)],
  [
    'adam',
    (p) => adam(p, { learningRate: 0.05, beta1: 0.6, beta2: 0.8, epsilon: 0.1 }),
    adamByHand(0.05, 0.6, 0.8, 0.1),
  ],
];

const starts = [0.5, -1.25, 3, 0] as const;
/** The gradients of the four numbers at each of three steps; signs change, sizes differ, one is 0. */
const slopes = [
  [0.3, -2, 1e-3, 0],
  [-0.1, 40, 2e-3, 1],
  [0.7, -0.5, -1e-3, -1],
] as const;

/** The four numbers after each step, held as a matrix and a vector, or by hand. */
function stepped(create: (parameters: Parameters) => Optimizer, dtype: 'float32' | 'float64'): number[][] {
  const weight = parameter(tensor([[starts[0]], [starts[1]]], { dtype }));
  const bias = parameter(tensor([starts[2], starts[3]], { dtype }));
  const optimizer = create({ weight, bias });
  return slopes.map(([a, b, c, d]) => {
    optimizer.step([tensor([[a], [b]], { dtype }), tensor([c, d], { dtype })]);
    return [...weight.value.toTypedArray(), ...bias.value.toTypedArray()];
  });
}

describe('the first three steps', () => {
  test.each(cases)('of %s are those of the formula', (_, create, byHand) => {
    const expected = starts.map((start, i) =>
      byHand(
        start,
        slopes.map((row) => row[i]!),
      ),
    );
    stepped(create, 'float64').forEach((values, step) => {
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]![step]!, 14);
      });
    });
    stepped(create, 'float32').forEach((values, step) => {
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]![step]!, 5);
      });
    });
  });

  test('of adam are as long as the learning rate while the gradient keeps its sign and size', () => {
    const x = parameter(tensor([1, 1], { dtype: 'float64' }));
    const optimizer = adam({ x }, { learningRate: 0.25, epsilon: 1e-12 });
    for (const expected of [0.75, 0.5, 0.25]) {
      optimizer.step([tensor([1e-3, 5e4], { dtype: 'float64' })]);
      for (const value of x.value.toTypedArray()) expect(value).toBeCloseTo(expected, 6);
    }
  });
});

describe('convergence', () => {
  const curvature = [1, 10];
  const minimum = [3, -2];

  test.each<[string, (parameters: Parameters) => Optimizer]>([
    ['sgd', (p) => sgd(p, { learningRate: 0.15 })],
    ['momentum', (p) => sgd(p, { learningRate: 0.05, momentum: 0.7 })],
    ['Nesterov’s momentum', (p) => sgd(p, { learningRate: 0.05, momentum: 0.7, nesterov: true })],
    ['rmsprop', (p) => rmsprop(p, { learningRate: 0.1 })],
    ['adagrad', (p) => adagrad(p, { learningRate: 1 })],
    ['adamax', (p) => adamax(p, { learningRate: 0.3 })],
    ['adamw', (p) => adamw(p, { learningRate: 0.3, weightDecay: 0 })],
    ['adam', (p) => adam(p, { learningRate: 0.3 })],
  ])('%s finds the minimum of ½Σaᵢ(xᵢ − cᵢ)² as its rate decays', (_, create) => {
    const x = parameter(tensor([0, 0], { dtype: 'float64' }));
    const a = tensor(curvature, { dtype: 'float64' });
    const c = tensor(minimum, { dtype: 'float64' });
    const optimizer = create({ x });
    const first = optimizer.learningRate;
    for (let step = 0; step < 400; step++) {
      optimizer.learningRate = first * (1 - step / 400);
      const loss = sum(x.sub(c).square().mul(a)).mul(0.5);
      optimizer.step(gradients(loss, [x]).map(({ value }) => value));
    }
    x.value.toTypedArray().forEach((value, i) => {
      expect(Math.abs(value - minimum[i]!)).toBeLessThan(1e-3);
    });
  });
});
