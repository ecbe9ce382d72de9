import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import { Module } from '@reparam/nn';
import { ArgumentError, formatShape, type RandomKey, ShapeError } from '@reparam/tensor';
import { requireCount } from '../objectives/arguments.ts';
import type { Bijector } from './bijector.ts';

export interface FlowOptions {
  /** D, the length of the axis that is mapped. */
  readonly dimensions: number;
  /** The length of the context that parameters depend on; without it they are the flow's own. */
  readonly context?: number;
  readonly layers: number;
  /** Draws the starting values. */
  readonly key: RandomKey;
  /** float32 unless told. */
  readonly dtype?: 'float32' | 'float64';
  /** Widths of the hidden layers, in flows that contain networks; [32, 32] unless told. */
  readonly hidden?: readonly number[];
}

export const defaultHidden: readonly number[] = [32, 32];

/** A module that gives a bijector, as an encoder gives a distribution. */
export abstract class Flow extends Module {
  readonly dimensions: number;
  /** The length of the context, if there is one. */
  readonly contextLength: number | undefined;

  /** @throws ArgumentError on numbers out of range. */
  constructor(operation: string, minimumDimensions: number, options: FlowOptions) {
    super();
    const { dimensions, context, layers, hidden = [] } = options;
    requireCount(operation, 'dimensions', dimensions, minimumDimensions);
    if (context !== undefined) requireCount(operation, 'context', context);
    requireCount(operation, 'layers', layers);
    for (const width of hidden) requireCount(operation, 'hidden', width);
    this.dimensions = dimensions;
    this.contextLength = context;
  }

  /**
   * The bijector as the parameters are now, for a context [..., context] one for each example.
   * @throws ArgumentError when a context is missing or not wanted, ShapeError when its last axis has another length.
   */
  at(context?: Operand): Bijector {
    const operation = this.constructor.name;
    if ((context === undefined) !== (this.contextLength === undefined)) {
      throw new ArgumentError(
        operation,
        'context',
        context,
        this.contextLength === undefined
          ? 'this flow has parameters of its own and takes no context. Create it with { context: length } for one.'
          : `this flow depends on a context of ${this.contextLength} features: call at(context).`,
      );
    }
    if (context === undefined) return this.build(undefined);
    const variable = toVariable(context);
    if (variable.shape.at(-1) !== this.contextLength) {
      throw new ShapeError(
        operation,
        `context is ${formatShape(variable.shape)} (last axis = ${variable.shape.at(-1) ?? 'none'}), but this flow ` +
          `depends on ${this.contextLength} features.`,
        { context: variable.shape },
      );
    }
    return this.build(variable);
  }

  protected abstract build(context: Variable | undefined): Bijector;
}
