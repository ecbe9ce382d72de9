import { ArgumentError, scalarFunctions as f, input } from '@reparam/tensor';
import { requireFraction, requireNonNegative } from '../arguments.ts';
import { descend, gradient, parameter } from './formulas.ts';
import { Optimizer, type Parameters } from './optimizer.ts';
import { type WeightDecayOptions, weightDecayOf } from './weight-decay.ts';

/** Weight decay is 0 unless told. */
export interface SgdOptions extends WeightDecayOptions {
  /** 0.01 unless told. */
  readonly learningRate?: number;
  /** 0, plain gradient descent, unless told. */
  readonly momentum?: number;
  /** Whether the step looks ahead along the momentum (Sutskever et al. 2013); false unless told. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent with heavy-ball momentum: m ← μm + g, p ← p − ηm; with Nesterov's, p ← p − η(g + μm). Weight
 * decay adds λp to g first.
 * @throws ArgumentError on options out of range, and for Nesterov's momentum without any.
 */
export function sgd(
  parameters: Parameters,
  { learningRate = 0.01, momentum = 0, nesterov = false, weightDecay = 0, decays }: SgdOptions = {},
): Optimizer {
  requireFraction('sgd', 'momentum', momentum);
  requireNonNegative('sgd', 'weightDecay', weightDecay);
  if (nesterov && momentum === 0) {
    throw new ArgumentError(
      'sgd',
      'nesterov',
      nesterov,
      'momentum is 0, so there is none to look ahead along; set momentum, to 0.9 for example.',
    );
  }
  const velocity = input(2);
  const rate = input(3);
  const mu = input(4);
  const lambda = input(5);
  const slope = weightDecay > 0 ? f.add(gradient, f.multiply(lambda, parameter)) : gradient;
  const decayOf = weightDecayOf(weightDecay, decays);
  return new Optimizer(
    {
      name: 'sgd',
      slots: [{ name: 'velocity', update: f.add(f.multiply(mu, velocity), slope) }],
      parameter: descend(rate, nesterov ? f.add(slope, f.multiply(mu, velocity)) : velocity),
      scalars: (_step, eta) => [eta],
      constants: (name) => [momentum, decayOf(name)],
    },
    parameters,
    learningRate,
  );
}
