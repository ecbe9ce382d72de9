import { type Operand, sigmoid, tanh, type Variable } from '@reparam/autograd';
import { Cell, type CellOptions } from './cell.ts';
import { Recurrent, type RecurrentOptions } from './recurrent.ts';

const gates = 4;

/** i, f, o = σ(W x + U h + b), g = tanh(W_g x + U_g h + b_g), c ← f·c + i·g, h ← o·tanh(c). */
class LstmCell extends Cell {
  constructor(options: CellOptions) {
    super(gates, options);
  }

  step(fromInput: Variable, [hidden, cell]: readonly [Variable, Variable]): Variable[] {
    const sums = this.split(fromInput.add(this.fromState(hidden)));
    const [input, forget, candidate, output] = sums as [Variable, Variable, Variable, Variable];
    const after = sigmoid(forget)
      .mul(cell)
      .add(sigmoid(input).mul(tanh(candidate)));
    return [sigmoid(output).mul(tanh(after)), after];
  }
}

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997) with forget gates (Gers, Schmidhuber & Cummins 2000) and
 * without peepholes, as in PyTorch. Gates lie in the order input, forget, candidate, output.
 */
export class Lstm extends Recurrent {
  constructor(options: RecurrentOptions) {
    super('Lstm', (cell) => new LstmCell(cell), options);
  }

  /**
   * x [N, T, inputs] → outputs [N, T, hidden] and the two parts of the state after the last step, each
   * [layers, N, hidden], to go on from. @throws ShapeError when x or the initial state do not fit.
   */
  forward(
    x: Operand,
    { hidden, cell }: { readonly hidden?: Operand; readonly cell?: Operand } = {},
  ): { outputs: Variable; hidden: Variable; cell: Variable } {
    const { outputs, state } = this.run(x, { hidden, cell });
    return { outputs, hidden: state[0]!, cell: state[1]! };
  }
}
