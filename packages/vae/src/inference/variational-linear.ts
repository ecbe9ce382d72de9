import { matmul, type Operand, parameter, toVariable, type Variable } from '@reparam/autograd';
import { type ForwardOptions, glorotUniform, Module } from '@reparam/nn';
import { ArgumentError, formatShape, full, normal, RandomKey, ShapeError, zeros } from '@reparam/tensor';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { FloatingType } from '../distributions/event.ts';
import { requirePositive } from '../objectives/arguments.ts';
import { kl } from '../objectives/kl.ts';

export interface VariationalLinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Draws the initial means, Glorot uniform. */
  readonly key: RandomKey;
  /** Whether to add a bias, whose mean starts at zero; true unless told. */
  readonly bias?: boolean;
  /** The standard deviation of every weight at the beginning; 0.05 unless told. */
  readonly initialScale?: number;
  /** σ of the prior N(0, σ²I) over weights and bias; 1 unless told. */
  readonly priorScale?: number;
  readonly dtype?: FloatingType;
}

/** Keeps the derivative of √ finite for an input of zeros, whose output has no variance. */
const leastVariance = 1e-30;

/** The divergence of two normals has a closed form, and draws nothing. */
const unusedKey = RandomKey.fromSeed(0);

/**
 * A linear layer with a Gaussian posterior over its weights, drawn by its outputs (local reparameterisation, Kingma,
 * Salimans & Welling 2015, equation 6): y = x·M + √(x²·S²)·ε, with the layer's weights N(M, S²). Every example has
 * weights of its own in effect, so that a gradient's variance falls with the size of the batch.
 */
export class VariationalLinear extends Module {
  /** M: [inputs, outputs] */
  readonly location: Variable;
  /** ln S: [inputs, outputs] */
  readonly logScale: Variable;
  /** [outputs] */
  readonly biasLocation: Variable | undefined;
  /** [outputs] */
  readonly biasLogScale: Variable | undefined;
  readonly priorScale: number;

  /** @throws ArgumentError unless both scales are above 0. */
  constructor({
    inputs,
    outputs,
    key,
    bias = true,
    initialScale = 0.05,
    priorScale = 1,
    dtype = 'float32',
  }: VariationalLinearOptions) {
    super();
    requirePositive('VariationalLinear', 'initialScale', initialScale);
    requirePositive('VariationalLinear', 'priorScale', priorScale);
    const logScale = Math.log(initialScale);
    this.location = parameter(glorotUniform(key, inputs, outputs, dtype), 'location');
    this.logScale = parameter(full([inputs, outputs], logScale, { dtype }), 'logScale');
    this.biasLocation = bias ? parameter(zeros([outputs], { dtype }), 'biasLocation') : undefined;
    this.biasLogScale = bias ? parameter(full([outputs], logScale, { dtype }), 'biasLogScale') : undefined;
    this.priorScale = priorScale;
  }

  /**
   * [..., inputs] → [..., outputs]: a draw in training, and in evaluation the mean.
   * @throws ShapeError when the last axis of x is not `inputs` long, ArgumentError in training without a key.
   */
  forward(x: Operand, { training = false, key }: ForwardOptions = {}): Variable {
    const input = toVariable(x, this.location.dtype);
    const [inputs, outputs] = this.location.shape as readonly [number, number];
    requireInputs(input, this.location);
    const rows = input.reshape([-1, inputs]);
    const mean = add(matmul(rows, this.location), this.biasLocation);
    const shape = [...input.shape.slice(0, -1), outputs];
    if (!training) return mean.reshape(shape);
    const variance = add(
      matmul(rows.square(), squared(this.logScale)),
      this.biasLogScale && squared(this.biasLogScale),
    );
    const noise = normal(requireKey(key), mean.shape, { dtype: input.dtype as FloatingType });
    return mean.add(variance.maximum(leastVariance).sqrt().mul(noise)).reshape(shape);
  }

  /** KL(q ‖ p) of weights and bias, in nats: [] */
  kl(): Variable {
    const ofWeights = this.#klOf(this.location, this.logScale);
    if (!this.biasLocation || !this.biasLogScale) return ofWeights;
    return ofWeights.add(this.#klOf(this.biasLocation, this.biasLogScale));
  }

  #klOf(location: Variable, logScale: Variable): Variable {
    const row = [location.size];
    const posterior = DiagonalNormal.fromLogScale(location.reshape(row), logScale.reshape(row));
    const prior = DiagonalNormal.fromScale(
      zeros(row, { dtype: location.dtype as FloatingType }),
      this.priorScale,
    );
    return kl(posterior, prior, unusedKey).value;
  }
}

function squared(logScale: Variable): Variable {
  return logScale.mul(2).exp();
}

function add(x: Variable, bias: Variable | undefined): Variable {
  return bias ? x.add(bias) : x;
}

function requireInputs(x: Variable, weight: Variable): void {
  const [inputs, outputs] = weight.shape as readonly [number, number];
  if (x.shape.at(-1) === inputs) return;
  throw new ShapeError(
    'VariationalLinear',
    `x is ${formatShape(x.shape)} (last axis = ${x.shape.at(-1) ?? 'none'}), but this layer maps ${inputs} features ` +
      `to ${outputs}.`,
    { x: x.shape, weight: weight.shape },
  );
}

function requireKey(key: RandomKey | undefined): RandomKey {
  if (key) return key;
  throw new ArgumentError(
    'VariationalLinear',
    'key',
    key,
    'in training it draws its outputs, and needs a key: forward(x, { training: true, key }), with a fresh key for each ' +
      'step.',
  );
}
