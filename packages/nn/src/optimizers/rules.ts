import type { Variable } from '@reparam/autograd';
import { ArgumentError, constant, scalarFunctions as f, input } from '@reparam/tensor';
import { Optimizer } from './optimizer.ts';

type Parameters = Readonly<Record<string, Variable>>;

// Formula inputs 0 and 1 are the parameter and its gradient; slots and scalars follow.
const parameter = input(0);
const gradient = input(1);
const one = constant(1);

/** Throws unless the decay rate lies in [0, 1). */
function requireDecay(operation: string, argument: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new ArgumentError(
      operation,
      argument,
      value,
      `${argument} is ${value}; it must be at least 0 and below 1.`,
    );
  }
}

export interface SgdOptions {
  /** 0.01 unless told. */
  readonly learningRate?: number;
  /** 0, plain gradient descent, unless told. */
  readonly momentum?: number;
}

/** Gradient descent with heavy-ball momentum: m ← μm + g, p ← p − ηm. */
export function sgd(
  parameters: Parameters,
  { learningRate = 0.01, momentum = 0 }: SgdOptions = {},
): Optimizer {
  requireDecay('sgd', 'momentum', momentum);
  const velocity = input(2);
  const rate = input(3);
  const decay = input(4);
  return new Optimizer(
    {
      name: 'sgd',
      slots: [{ name: 'velocity', update: f.add(f.multiply(decay, velocity), gradient) }],
      parameter: f.subtract(parameter, f.multiply(rate, velocity)),
      scalars: (_step, eta) => [eta, momentum],
    },
    parameters,
    learningRate,
  );
}

export interface RmspropOptions {
  /** 0.001 unless told. */
  readonly learningRate?: number;
  /** Decay of the mean square; 0.9 unless told. */
  readonly decay?: number;
  /** Keeps the division finite; 1e-8 unless told. */
  readonly epsilon?: number;
}

/** RMSprop (Tieleman & Hinton 2012): s ← ρs + (1−ρ)g², p ← p − ηg/(√s + ε). */
export function rmsprop(
  parameters: Parameters,
  { learningRate = 1e-3, decay = 0.9, epsilon = 1e-8 }: RmspropOptions = {},
): Optimizer {
  requireDecay('rmsprop', 'decay', decay);
  const meanSquare = input(2);
  const rate = input(3);
  const rho = input(4);
  const eps = input(5);
  const square = f.multiply(gradient, gradient);
  return new Optimizer(
    {
      name: 'rmsprop',
      slots: [
        {
          name: 'meanSquare',
          update: f.add(f.multiply(rho, meanSquare), f.multiply(f.subtract(one, rho), square)),
        },
      ],
      parameter: f.subtract(parameter, f.divide(f.multiply(rate, gradient), f.add(f.sqrt(meanSquare), eps))),
      scalars: (_step, eta) => [eta, decay, epsilon],
    },
    parameters,
    learningRate,
  );
}

export interface AdamOptions {
  /** 0.001 unless told. */
  readonly learningRate?: number;
  /** Decay of the mean; 0.9 unless told. */
  readonly beta1?: number;
  /** Decay of the mean square; 0.999 unless told. */
  readonly beta2?: number;
  /** Keeps the division finite; 1e-8 unless told. */
  readonly epsilon?: number;
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1): m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², and with the bias-corrected
 * m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ): p ← p − ηm̂/(√v̂ + ε).
 */
export function adam(
  parameters: Parameters,
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {},
): Optimizer {
  requireDecay('adam', 'beta1', beta1);
  requireDecay('adam', 'beta2', beta2);
  const mean = input(2);
  const meanSquare = input(3);
  const rate = input(4);
  const decay1 = input(5);
  const decay2 = input(6);
  const eps = input(7);
  const correction1 = input(8);
  const correction2 = input(9);
  const square = f.multiply(gradient, gradient);
  const direction = f.divide(
    f.divide(mean, correction1),
    f.add(f.sqrt(f.divide(meanSquare, correction2)), eps),
  );
  return new Optimizer(
    {
      name: 'adam',
      slots: [
        {
          name: 'mean',
          update: f.add(f.multiply(decay1, mean), f.multiply(f.subtract(one, decay1), gradient)),
        },
        {
          name: 'meanSquare',
          update: f.add(f.multiply(decay2, meanSquare), f.multiply(f.subtract(one, decay2), square)),
        },
      ],
      parameter: f.subtract(parameter, f.multiply(rate, direction)),
      scalars: (step, eta) => [eta, beta1, beta2, epsilon, 1 - beta1 ** step, 1 - beta2 ** step],
    },
    parameters,
    learningRate,
  );
}

/** Optimisers by name, as settings and command lines write them. */
export const optimizers = { adam, rmsprop, sgd } as const;

export type OptimizerName = keyof typeof optimizers;
