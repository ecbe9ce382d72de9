import { type Expression, scalarFunctions as f, input } from '@reparam/tensor';
import { requireFraction, requireNonNegative } from '../arguments.ts';
import { descend, gradient, movingAverage, parameter, squaredGradient } from './formulas.ts';
import { Optimizer, type Parameters, type UpdateRule } from './optimizer.ts';
import { type WeightDecayOptions, weightDecayOf } from './weight-decay.ts';

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

/** Weight decay is 0.01 unless told. */
export interface AdamWOptions extends AdamOptions, WeightDecayOptions {}

// What the rules of this family have in common: two slots, then η and what corrects their bias, then β₁, β₂ and ε.
const mean = input(2);
const secondSlot = input(3);
const rate = input(4);
/** 1/(1−β₁ᵗ) */
const meanCorrection = input(5);
/** 1/√(1−β₂ᵗ) */
const rootCorrection = input(6);
const beta1Input = input(7);
const beta2Input = input(8);
const eps = input(9);
const lambda = input(10);

const meanSlot: UpdateRule['slots'][number] = {
  name: 'mean',
  update: movingAverage(beta1Input, mean, gradient),
};
const meanSquareSlot: UpdateRule['slots'][number] = {
  name: 'meanSquare',
  update: movingAverage(beta2Input, secondSlot, squaredGradient),
};
/** m̂/(√v̂ + ε) with m̂ = m/(1−β₁ᵗ) and v̂ = v/(1−β₂ᵗ), so written that a single division is made for each element. */
const adamDirection: Expression = f.divide(
  f.multiply(mean, meanCorrection),
  f.add(f.multiply(f.sqrt(secondSlot), rootCorrection), eps),
);

type Decays = Required<Omit<AdamOptions, 'learningRate'>>;

function numbersOf({ beta1, beta2, epsilon }: Decays): Pick<UpdateRule, 'scalars' | 'constants'> {
  return {
    scalars: (step, eta) => [eta, 1 / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step)],
    constants: () => [beta1, beta2, epsilon],
  };
}

function requireDecays(name: string, { beta1, beta2, epsilon }: Decays): void {
  requireFraction(name, 'beta1', beta1);
  requireFraction(name, 'beta2', beta2);
  requireNonNegative(name, 'epsilon', epsilon);
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1): m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², and with the bias-corrected
 * m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ): p ← p − ηm̂/(√v̂ + ε). @throws ArgumentError
 */
export function adam(
  parameters: Parameters,
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {},
): Optimizer {
  const decays = { beta1, beta2, epsilon };
  requireDecays('adam', decays);
  return new Optimizer(
    {
      name: 'adam',
      slots: [meanSlot, meanSquareSlot],
      parameter: descend(rate, adamDirection),
      ...numbersOf(decays),
    },
    parameters,
    learningRate,
  );
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2): the decay does not pass through the
 * moments, p ← p − η(m̂/(√v̂ + ε) + λp), with η the learning rate as scheduled. @throws ArgumentError
 */
export function adamW(
  parameters: Parameters,
  {
    learningRate = 1e-3,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = 0.01,
    decays: isDecaying,
  }: AdamWOptions = {},
): Optimizer {
  const decays = { beta1, beta2, epsilon };
  requireDecays('adamw', decays);
  requireNonNegative('adamw', 'weightDecay', weightDecay);
  const { scalars, constants } = numbersOf(decays);
  const decayOf = weightDecayOf(weightDecay, isDecaying);
  return new Optimizer(
    {
      name: 'adamw',
      slots: [meanSlot, meanSquareSlot],
      parameter: descend(rate, f.add(adamDirection, f.multiply(lambda, parameter))),
      scalars,
      constants: (name) => [...constants(name), decayOf(name)],
    },
    parameters,
    learningRate,
  );
}

/**
 * AdaMax (Kingma & Ba 2015, algorithm 2): m as in Adam, u ← max(β₂u, |g| + ε), p ← p − ηm/((1−β₁ᵗ)u). The
 * paper has no ε; it keeps the division finite where all gradients were 0. The learning rate is 0.002 unless told.
 * @throws ArgumentError
 */
export function adamax(
  parameters: Parameters,
  { learningRate = 2e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {},
): Optimizer {
  const decays = { beta1, beta2, epsilon };
  requireDecays('adamax', decays);
  const largest = f.maximum(f.multiply(beta2Input, secondSlot), f.add(f.abs(gradient), eps));
  return new Optimizer(
    {
      name: 'adamax',
      slots: [meanSlot, { name: 'largest', update: largest }],
      parameter: descend(rate, f.divide(f.multiply(mean, meanCorrection), secondSlot)),
      ...numbersOf(decays),
    },
    parameters,
    learningRate,
  );
}
