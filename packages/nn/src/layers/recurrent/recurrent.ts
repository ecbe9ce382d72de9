import { type Operand, stack, toVariable, Variable } from '@reparam/autograd';
import { formatShape, type RandomKey, ShapeError, sameShape, zeros } from '@reparam/tensor';
import { requireCount } from '../../arguments.ts';
import { Module } from '../../module.ts';
import { type FloatingType, glorotUniform, type Initializer } from '../initializers.ts';
import type { Cell, CellOptions } from './cell.ts';
import { unstack } from './unstack.ts';

export interface RecurrentOptions {
  readonly inputs: number;
  readonly hidden: number;
  readonly key: RandomKey;
  /** How many layers, each reading the outputs of the one before; 1 unless told. */
  readonly layers?: number;
  /** Of each gate's weights; Glorot uniform unless told. */
  readonly initializer?: Initializer;
  readonly dtype?: FloatingType;
}

/** Layers of cells, over sequences [N, T, inputs]. */
export abstract class Recurrent extends Module {
  readonly cells: readonly Cell[];
  /** The class's name, for messages. */
  readonly #name: string;
  readonly #inputs: number;
  readonly #hidden: number;
  readonly #dtype: FloatingType;

  /** @throws ArgumentError unless sizes are whole numbers above 0. */
  constructor(
    name: string,
    createCell: (options: CellOptions) => Cell,
    { inputs, hidden, key, layers = 1, initializer = glorotUniform, dtype = 'float32' }: RecurrentOptions,
  ) {
    super();
    for (const [argument, size] of Object.entries({ inputs, hidden, layers }))
      requireCount(name, argument, size);
    this.cells = Array.from({ length: layers }, (_, layer) =>
      createCell({
        inputs: layer === 0 ? inputs : hidden,
        hidden,
        key: key.foldIn(layer),
        initializer,
        dtype,
      }),
    );
    this.#name = name;
    this.#inputs = inputs;
    this.#hidden = hidden;
    this.#dtype = dtype;
  }

  /**
   * All steps of all layers, from the state's parts before, each [layers, N, hidden], zeros unless told.
   * @returns outputs of the last layer [N, T, hidden], and the state's parts after.
   */
  protected run(
    x: Operand,
    initial: Readonly<Record<string, Operand | undefined>>,
  ): { outputs: Variable; state: Variable[] } {
    const input = toVariable(x, this.#dtype);
    this.#requireSequences(input);
    const parts = Object.entries(initial).map(([name, part]) => this.#startingPart(name, part, input));
    let outputs: Variable[] = [];
    const after = this.cells.map((cell, layer) => {
      const sequence = layer === 0 ? input : stack(outputs, 1);
      const result = cell.run(
        sequence,
        parts.map((part) => part[layer]!),
      );
      outputs = result.outputs;
      return result.state;
    });
    return {
      outputs: stack(outputs, 1),
      state: parts.map((_, part) => stack(after.map((state) => state[part]!))),
    };
  }

  /** A part of the state before the first step, one [N, hidden] a layer. */
  #startingPart(name: string, given: Operand | undefined, x: Variable): Variable[] {
    const shape = [this.cells.length, x.shape[0]!, this.#hidden];
    const part =
      given === undefined
        ? new Variable(zeros(shape, { dtype: this.#dtype }))
        : toVariable(given, this.#dtype);
    if (!sameShape(part.shape, shape)) {
      throw new ShapeError(
        this.#name,
        `the initial ${name} state is ${formatShape(part.shape)}, but must be [layers, N, hidden] = ` +
          `${formatShape(shape)}.`,
        { initial: part.shape, x: x.shape },
      );
    }
    return unstack(part, 0);
  }

  #requireSequences({ shape }: Variable): void {
    const wanted = `[N, T, ${this.#inputs}]`;
    if (shape.length !== 3 || shape[2] !== this.#inputs) {
      throw new ShapeError(
        this.#name,
        `x is ${formatShape(shape)}, but this layer takes ${wanted}.` +
          (shape.length === 2 ? ' For one sequence use reshape([1, T, inputs]).' : ''),
        { x: shape },
      );
    }
    if (shape[1] === 0) {
      throw new ShapeError(this.#name, `x is ${formatShape(shape)}: the sequences have no steps.`, {
        x: shape,
      });
    }
  }
}
