import {
  ArgumentError,
  formatShape,
  normalizeAxis,
  type Shape,
  ShapeError,
  type Tensor,
} from '@reparam/tensor';
import { applyToBatch, moveToFront, spread } from '../batching.ts';
import { activeInterpreter, type Interpreter, withInterpreter } from '../interpreter.ts';
import type { BatchInput, Rules } from '../operation.ts';
import { apply, isRecording, record, type TapeNode, tapeOf, withRecording } from '../tape.ts';
import { toVariable, Variable, type VariableOptions } from '../variable.ts';
import type { Differentiable, Input } from './trace.ts';

export interface VmapOptions {
  /** For each input the axis that examples lie along, or null for one that is the same for all; 0 unless told. */
  readonly axes?: readonly (number | null)[];
}

/**
 * Runs a function of one example on a whole batch in one go: inside, variables have the shape of one example. The
 * results are stacked along a new first axis. Nests, differentiates and is differentiated:
 * `vmap(grad(loss), { axes: [null, 0] })(weight, examples)` gives the gradient of each example by itself.
 * `fn` returns one variable or an array of them.
 *
 * What depends on numbers (`value`, `item()`) cannot be asked inside: they differ from example to example.
 * @throws ArgumentError, ShapeError when the inputs have no common number of examples.
 */
export function vmap(fn: Differentiable, options?: VmapOptions): (...inputs: Input[]) => Variable;
export function vmap(
  fn: (...inputs: Variable[]) => Variable[],
  options?: VmapOptions,
): (...inputs: Input[]) => Variable[];
export function vmap(
  fn: (...inputs: Variable[]) => Variable | Variable[],
  { axes }: VmapOptions = {},
): (...inputs: Input[]) => Variable | Variable[] {
  return (...inputs) => {
    const mapped = inputs.map((input, i) => toFront(toVariable(input), axes === undefined ? 0 : axes[i], i));
    const scope = new Batch(commonLength(inputs, mapped));
    const result = withInterpreter(scope, () =>
      fn(...mapped.map(({ variable, batched }) => (batched ? scope.enter(variable) : variable))),
    );
    return Array.isArray(result) ? result.map((each) => scope.leave(each)) : scope.leave(result);
  };
}

function toFront(variable: Variable, axis: number | null | undefined, position: number): BatchInput {
  if (axis === null) return { variable, batched: false };
  if (axis === undefined) {
    throw new ArgumentError(
      'vmap',
      'axes',
      axis,
      `axes gives none for input ${position}; use null to share it.`,
    );
  }
  return { variable: moveToFront(variable, normalizeAxis('vmap', axis, variable.shape)), batched: true };
}

function commonLength(inputs: readonly Input[], mapped: readonly BatchInput[]): number {
  const lengths = new Set(mapped.flatMap(({ variable, batched }) => (batched ? [variable.shape[0]!] : [])));
  const [length] = lengths;
  if (length === undefined) {
    throw new ArgumentError('vmap', 'axes', inputs, 'no input is mapped: give at least one an axis.');
  }
  if (lengths.size > 1) {
    throw new ShapeError(
      'vmap',
      `the inputs have different numbers of examples (${[...lengths].join(', ')}): ` +
        `${inputs.map(({ shape }, i) => `inputs[${i}] is ${formatShape(shape)}`).join(', ')}. ` +
        'Say with axes where they lie, null for an input that all share.',
      Object.fromEntries(inputs.map(({ shape }, i) => [`inputs[${i}]`, shape])),
    );
  }
  return length;
}

/** One example of a batch, for all examples: it has an example's shape, and holds the whole batch. */
class BatchedVariable extends Variable {
  readonly scope: Batch;
  readonly whole: Variable;
  readonly #shape: Shape;

  constructor(scope: Batch, whole: Variable, options: VariableOptions = {}, node?: TapeNode) {
    super(whole.stored, options, node);
    this.scope = scope;
    this.whole = whole;
    this.#shape = whole.shape.slice(1);
  }

  override get value(): Tensor {
    throw new ArgumentError(
      'vmap',
      'value',
      this,
      `inside vmap a variable ${formatShape(this.#shape)} stands for ${this.scope.length} examples, so it has no ` +
        'one value. Write what depends on numbers with operations such as where, or leave it out of vmap.',
    );
  }

  override get shape(): Shape {
    return this.#shape;
  }

  override get rank(): number {
    return this.#shape.length;
  }

  override get size(): number {
    return this.#shape.reduce((product, length) => product * length, 1);
  }

  override detach(): Variable {
    return new BatchedVariable(this.scope, this.whole.detach());
  }

  override asLeaf(): Variable {
    return new BatchedVariable(this.scope, this.whole, { requiresGrad: true });
  }

  override item(): number {
    return this.value.item();
  }

  override toArray(): ReturnType<Tensor['toArray']> {
    return this.value.toArray();
  }

  override toString(): string {
    return `variable ${formatShape(this.#shape)} inside vmap over ${this.scope.length} examples`;
  }
}

/**
 * One vmap at work. Its variables have a tape of their own, on which inputs and outputs are single examples; what
 * is computed for the whole batch is recorded outside, if somebody there wants gradients.
 */
class Batch implements Interpreter {
  readonly length: number;
  readonly #outer = activeInterpreter();
  readonly #recordingOutside = isRecording();
  readonly #adopted = new WeakSet<Variable>();

  constructor(length: number) {
    this.length = length;
  }

  enter(whole: Variable): Variable {
    return new BatchedVariable(this, whole);
  }

  /** The whole batch of a result; where nobody outside wants gradients of it, no tape comes along. */
  leave(result: Variable): Variable {
    const whole = this.#outside(() => spread(this.#operand(result), this.length));
    const wanted = tapeOf(whole).some(({ inputs }) =>
      inputs.some((input) => input.requiresGrad && !this.#adopted.has(input)),
    );
    return wanted || !whole.tracked ? whole : whole.detach();
  }

  adopt(leaf: Variable): void {
    this.#adopted.add(leaf);
  }

  apply(rules: Rules<unknown>, inputs: readonly Variable[], parameters: unknown): Variable {
    const operands = inputs.map((input) => this.#operand(input));
    if (!operands.some(({ batched }) => batched)) {
      return this.#outside(() => apply(rules, inputs, parameters));
    }
    const whole = this.#outside(() => applyToBatch(rules, operands, parameters, this.length));
    if (!isRecording() || whole.dtype === 'int32' || !inputs.some(({ tracked }) => tracked)) {
      return new BatchedVariable(this, whole);
    }
    return record({ rules, parameters, inputs }, (node) => new BatchedVariable(this, whole, {}, node));
  }

  #operand(variable: Variable): BatchInput {
    return variable instanceof BatchedVariable && variable.scope === this
      ? { variable: variable.whole, batched: true }
      : { variable, batched: false };
  }

  #outside<T>(fn: () => T): T {
    return withInterpreter(this.#outer, () => withRecording(this.#recordingOutside, fn));
  }
}
