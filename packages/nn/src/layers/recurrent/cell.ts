import { matmul, parameter, type Variable } from '@reparam/autograd';
import { concat, type RandomKey, zeros } from '@reparam/tensor';
import { Module } from '../../module.ts';
import type { FloatingType, Initializer } from '../initializers.ts';
import { unstack } from './unstack.ts';

export interface CellOptions {
  readonly inputs: number;
  readonly hidden: number;
  readonly key: RandomKey;
  readonly initializer: Initializer;
  readonly dtype: FloatingType;
}

/**
 * One layer of a recurrent network. The weights of its gates lie side by side, so that all gates are one matrix
 * product, in PyTorch's order and with its two biases: its weights fit transposed.
 */
export abstract class Cell extends Module {
  /** [inputs, gates·hidden] */
  readonly inputWeight: Variable;
  /** [hidden, gates·hidden] */
  readonly recurrentWeight: Variable;
  /** [gates·hidden] */
  readonly inputBias: Variable;
  /** [gates·hidden] */
  readonly recurrentBias: Variable;

  constructor(gates: number, { inputs, hidden, key, initializer, dtype }: CellOptions) {
    super();
    // Each gate has its own fan: it maps to `hidden` features, not to all of them side by side.
    const weight = (rows: number, part: number): Variable => {
      const gateKeys = key.foldIn(part).split(gates);
      const blocks = gateKeys.map((gateKey) => initializer(gateKey, rows, hidden, dtype));
      return parameter(concat(blocks, 1), part === 0 ? 'inputWeight' : 'recurrentWeight');
    };
    this.inputWeight = weight(inputs, 0);
    this.recurrentWeight = weight(hidden, 1);
    this.inputBias = parameter(zeros([gates * hidden], { dtype }), 'inputBias');
    this.recurrentBias = parameter(zeros([gates * hidden], { dtype }), 'recurrentBias');
  }

  /**
   * One step in time: from what the input says to each gate, [N, gates·hidden], and the state's parts, each
   * [N, hidden], to the parts after it. The first part is the layer's output.
   */
  abstract step(fromInput: Variable, state: readonly Variable[]): Variable[];

  /** What the state says to each gate, [N, gates·hidden]. */
  protected fromState(state: Variable): Variable {
    return matmul(state, this.recurrentWeight).add(this.recurrentBias);
  }

  /** Gates side by side, [N, gates·hidden], as one variable [N, hidden] each. */
  protected split(gates: Variable): Variable[] {
    const hidden = this.recurrentWeight.shape[0]!;
    return unstack(gates.reshape([gates.shape[0]!, gates.shape[1]! / hidden, hidden]), 1);
  }

  /** All steps: [N, T, inputs] and the state's parts before them → an output [N, hidden] for each, and the parts after. */
  run(x: Variable, initial: readonly Variable[]): { outputs: Variable[]; state: readonly Variable[] } {
    const [batch, length, inputs] = x.shape as readonly [number, number, number];
    // What inputs say to gates does not wait for the state: one product for all times.
    const projected = matmul(x.reshape([batch * length, inputs]), this.inputWeight).add(this.inputBias);
    const times = unstack(projected.reshape([batch, length, projected.shape[1]!]), 1);
    let state = initial;
    const outputs = times.map((fromInput) => {
      state = this.step(fromInput, state);
      return state[0]!;
    });
    return { outputs, state };
  }
}
