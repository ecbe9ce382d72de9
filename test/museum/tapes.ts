import { FreedTapeError, gradients, parameter, type TapeNode, type Variable } from '@reparam/autograd';
import type { Tensor } from '@reparam/tensor';
import { exhibit } from './exhibit.ts';

/** The gradient of a computed variable by a leaf. */
type ReverseMode = (output: Variable, leaf: Variable) => Tensor;

/** Sorts the tape by calling itself for every input, and then walks it: one stack frame for each operation. */
const recursive: ReverseMode = (output, leaf) => {
  const order: TapeNode[] = [];
  const seen = new Set<TapeNode>();
  const visit = ({ node }: Variable): void => {
    if (node === undefined || seen.has(node)) return;
    seen.add(node);
    for (const input of node.inputs) visit(input);
    order.push(node);
  };
  visit(output);
  const cotangents = new Map<Variable, Variable>([[output, parameter(1)]]);
  for (const node of order.toReversed()) {
    node.inputs.forEach((input, index) => {
      const part = node.rules.vjp(index, cotangents.get(node.output)!, node);
      const sofar = cotangents.get(input);
      if (part) cotangents.set(input, sofar ? sofar.add(part) : part);
    });
  }
  return cotangents.get(leaf)!.value;
};

const chainLength = 100_000;

/** x + x + x + …: the derivative is the number of terms. */
function derivativeOfChain(reverse: ReverseMode): number {
  const x = parameter(0.5);
  let sum: Variable = x;
  for (let i = 0; i < chainLength; i++) sum = sum.add(x);
  return reverse(sum, x).item();
}

export const recursion = exhibit<ReverseMode>({
  wrong: 'the tape is walked by recursion, which overflows the stack on long ones',
  right: 'a loop over nodes sorted by age',
  caughtBy: `a chain of ${chainLength} additions`,
  accepts: (reverse) => {
    try {
      return derivativeOfChain(reverse) === chainLength + 1;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  },
  wrongOne: recursive,
  ours: (output, leaf) => gradients(output, [leaf])[0]!.value,
});

/** A number of a micrograd-like engine: gradients are kept in every node, and added up there. */
class Value {
  gradient = 0;
  readonly number: number;
  readonly #pull: () => void;
  readonly #inputs: readonly Value[];

  constructor(number: number, inputs: readonly Value[] = [], pull: (self: Value) => void = () => {}) {
    this.number = number;
    this.#inputs = inputs;
    this.#pull = () => pull(this);
  }

  times(other: Value): Value {
    return new Value(this.number * other.number, [this, other], ({ gradient }) => {
      this.gradient += other.number * gradient;
      other.gradient += this.number * gradient;
    });
  }

  backward(): void {
    this.gradient = 1;
    for (const value of this.#order().toReversed()) value.#pull();
  }

  #order(): Value[] {
    return [...new Set([...this.#inputs.flatMap((input) => input.#order()), this])];
  }
}

/** Two backward passes over x⁴ = (x²)², whether or not the first was told of the second, and what they leave at x. */
type TwoPasses = (x: number, retainTape: boolean) => number;

export const secondPass = exhibit<TwoPasses>({
  wrong: 'a second backward pass finds what the first has left in the nodes between, and adds it again',
  right: 'only leaves keep gradients, which add up; and a second pass has to be asked for, with retainTape',
  caughtBy: 'twice the derivative, 2·4x³, or an error',
  accepts: (passes) => {
    const refused = (): boolean => {
      try {
        return passes(2, false) === 64;
      } catch (error) {
        return error instanceof FreedTapeError;
      }
    };
    return passes(2, true) === 64 && refused();
  },
  wrongOne: (x) => {
    const leaf = new Value(x);
    const squared = leaf.times(leaf);
    const output = squared.times(squared);
    output.backward();
    output.backward();
    return leaf.gradient;
  },
  ours: (x, retainTape) => {
    const leaf = parameter(x);
    const squared = leaf.mul(leaf);
    const output = squared.mul(squared);
    output.backward(undefined, { retainTape });
    output.backward();
    return leaf.grad!.item();
  },
});
