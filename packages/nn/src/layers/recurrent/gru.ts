import { type Operand, sigmoid, tanh, type Variable } from '@reparam/autograd';
import { Cell, type CellOptions } from './cell.ts';
import { Recurrent, type RecurrentOptions } from './recurrent.ts';

const gates = 3;

/** r = σ(W_r x + U_r h), z = σ(W_z x + U_z h), n = tanh(W_n x + r·(U_n h)), h ← (1−z)·n + z·h, with biases. */
class GruCell extends Cell {
  constructor(options: CellOptions) {
    super(gates, options);
  }

  step(fromInput: Variable, [before]: readonly [Variable]): Variable[] {
    const [inputReset, inputUpdate, inputNew] = this.split(fromInput) as [Variable, Variable, Variable];
    const [stateReset, stateUpdate, stateNew] = this.split(this.fromState(before)) as [
      Variable,
      Variable,
      Variable,
    ];
    const reset = sigmoid(inputReset.add(stateReset));
    const update = sigmoid(inputUpdate.add(stateUpdate));
    const fresh = tanh(inputNew.add(reset.mul(stateNew)));
    return [fresh.add(update.mul(before.sub(fresh)))];
  }
}

/**
 * Gated recurrent units (Cho et al. 2014), with the reset gate after the recurrent product as in cuDNN and PyTorch.
 * Gates lie in the order reset, update, new.
 */
export class Gru extends Recurrent {
  constructor(options: RecurrentOptions) {
    super('Gru', (cell) => new GruCell(cell), options);
  }

  /**
   * x [N, T, inputs] → outputs [N, T, hidden] and the state after the last step, [layers, N, hidden], to go on from.
   * @throws ShapeError when x or the initial state do not fit.
   */
  forward(
    x: Operand,
    { hidden }: { readonly hidden?: Operand } = {},
  ): { outputs: Variable; hidden: Variable } {
    const { outputs, state } = this.run(x, { hidden });
    return { outputs, hidden: state[0]! };
  }
}
