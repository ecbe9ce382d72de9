import { type Operand, stopGradient, toVariable, type Variable } from '@reparam/autograd';
import { formatShape, ones, ShapeError, zeros } from '@reparam/tensor';
import { requireCount, requireFraction, requireNonNegative } from '../arguments.ts';
import { blend } from '../blend.ts';
import { Module, ModuleBuffer } from '../module.ts';
import type { ForwardOptions } from './forward-options.ts';
import {
  affineParameters,
  type Moments,
  momentsAlong,
  type NormalizationOptions,
  standardize,
} from './normalization.ts';

export interface BatchNormOptions extends NormalizationOptions {
  /** Features of each example, or channels of each image. */
  readonly features: number;
  /** The share of the old running statistics that stays at a training step; 0.9 unless told. */
  readonly decay?: number;
}

/**
 * Batch normalisation (Ioffe & Szegedy 2015, algorithm 1): y = (x − μ)/√(σ² + ε)·w + b for each feature, over the batch
 * and all axes after the features: [N, features, ...] → the same. In training μ and σ² are those of the batch, and
 * running means of them are kept; in evaluation they are those running means. The running variance is of the
 * unbiased estimate n/(n − 1)·σ².
 */
export class BatchNorm extends Module {
  /** [features] */
  readonly weight: Variable | undefined;
  /** [features] */
  readonly bias: Variable | undefined;
  /** [features] */
  readonly runningMean: ModuleBuffer;
  /** [features] */
  readonly runningVariance: ModuleBuffer;
  readonly #decay: number;
  readonly #epsilon: number;

  /** @throws ArgumentError on options out of range. */
  constructor({ features, decay = 0.9, epsilon = 1e-5, affine = true, dtype = 'float32' }: BatchNormOptions) {
    super();
    requireCount('BatchNorm', 'features', features);
    requireFraction('BatchNorm', 'decay', decay);
    requireNonNegative('BatchNorm', 'epsilon', epsilon);
    const { weight, bias } = affineParameters([features], affine, dtype);
    this.weight = weight;
    this.bias = bias;
    this.runningMean = new ModuleBuffer(zeros([features], { dtype }), 'runningMean');
    this.runningVariance = new ModuleBuffer(ones([features], { dtype }), 'runningVariance');
    this.#decay = decay;
    this.#epsilon = epsilon;
  }

  /** @throws ShapeError when x is not [N, features, ...], and in training when a feature has fewer than two values. */
  forward(x: Operand, { training = false }: ForwardOptions = {}): Variable {
    const operand = toVariable(x, this.runningMean.dtype);
    const [features] = this.runningMean.shape as readonly [number];
    if (operand.rank < 2 || operand.shape[1] !== features) {
      throw new ShapeError(
        'BatchNorm',
        `x is ${formatShape(operand.shape)} (axis 1 = ${operand.shape[1] ?? 'none'}), but this layer normalises ` +
          `${features} features: it takes [N, ${features}] or [N, ${features}, ...].`,
        { x: operand.shape, runningMean: this.runningMean.shape },
      );
    }
    const perFeature = [features, ...operand.shape.slice(2).map(() => 1)];
    const moments = training ? this.#batchMoments(operand) : this.#runningMoments(perFeature);
    const standard = standardize(operand, moments, this.#epsilon);
    if (!this.weight || !this.bias) return standard;
    return standard.mul(this.weight.reshape(perFeature)).add(this.bias.reshape(perFeature));
  }

  /** What they are just now: a later training step does not make the tape of this call stale. */
  #runningMoments(perFeature: readonly number[]): Moments {
    return {
      mean: stopGradient(this.runningMean).reshape(perFeature),
      variance: stopGradient(this.runningVariance).reshape(perFeature),
    };
  }

  #batchMoments(x: Variable): Moments {
    const [features] = this.runningMean.shape as readonly [number];
    const count = x.size / features;
    if (count < 2) {
      throw new ShapeError(
        'BatchNorm',
        `x is ${formatShape(x.shape)}, which is ${count} values of each feature, but in training their variance ` +
          'needs two: use a larger batch, or evaluate without { training: true }.',
        { x: x.shape },
      );
    }
    const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
    const moments = momentsAlong(x, axes);
    this.#remember(this.runningMean, moments.mean);
    this.#remember(this.runningVariance, stopGradient(moments.variance).mul(count / (count - 1)));
    return moments;
  }

  #remember(running: ModuleBuffer, { value }: Variable): void {
    running.assign(blend('BatchNorm', running.value, value.reshape(running.shape), 1 - this.#decay));
  }
}
