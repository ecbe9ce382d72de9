import { scalarFunctions as f, input } from '@reparam/tensor';
import { requireFraction, requireNonNegative } from '../arguments.ts';
import { gradient, movingAverage, parameter, squaredGradient } from './formulas.ts';
import { Optimizer, type Parameters } from './optimizer.ts';

export interface RmspropOptions {
  /** 0.001 unless told. */
  readonly learningRate?: number;
  /** Decay of the mean square; 0.9 unless told. */
  readonly decay?: number;
  /** Keeps the division finite; 1e-8 unless told. */
  readonly epsilon?: number;
}

/** RMSprop (Tieleman & Hinton 2012): s ← ρs + (1−ρ)g², p ← p − ηg/(√s + ε). @throws ArgumentError */
export function rmsprop(
  parameters: Parameters,
  { learningRate = 1e-3, decay = 0.9, epsilon = 1e-8 }: RmspropOptions = {},
): Optimizer {
  requireFraction('rmsprop', 'decay', decay);
  requireNonNegative('rmsprop', 'epsilon', epsilon);
  const meanSquare = input(2);
  const rate = input(3);
  const rho = input(4);
  const eps = input(5);
  return new Optimizer(
    {
      name: 'rmsprop',
      slots: [{ name: 'meanSquare', update: movingAverage(rho, meanSquare, squaredGradient) }],
      parameter: f.subtract(parameter, f.divide(f.multiply(rate, gradient), f.add(f.sqrt(meanSquare), eps))),
      scalars: (_step, eta) => [eta],
      constants: () => [decay, epsilon],
    },
    parameters,
    learningRate,
  );
}
