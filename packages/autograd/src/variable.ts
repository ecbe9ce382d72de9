import {
  ArgumentError,
  activeRecording,
  allocate,
  type DType,
  DTypeError,
  formatShape,
  isRecorded,
  type NestedArray,
  type Shape,
  ShapeError,
  type StateCell,
  type StateHolder,
  sameShape,
  sizeOf,
  Tensor,
  tensor,
} from '@reparam/tensor';
import type { FluentMethods } from './fluent.ts';
import { activeInterpreter } from './interpreter.ts';
import type { TapeNode } from './tape.ts';

/** What functions take for a tensor. A number takes the element type of the other operands. */
export type Operand = Variable | Tensor | number;

export interface VariableOptions {
  /** Whether gradients are wanted; false unless told. */
  readonly requiresGrad?: boolean;
  /** Shown on the tape and in messages. */
  readonly name?: string;
}

/** Sees the complete cotangent of a variable during a backward pass, and may replace it. */
export type GradientHook = (cotangent: Variable) => Variable | undefined;

export interface Variable extends FluentMethods {}

/**
 * A tensor that remembers how it was computed. Variables that require gradients are the leaves to
 * differentiate by; what is computed from them carries a tape node.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: fluent.ts installs exactly these methods.
export class Variable implements StateHolder {
  readonly requiresGrad: boolean;
  readonly name: string | undefined;
  readonly node: TapeNode | undefined;
  /** The sum of the gradients that `backward` has left here; undefined before the first, or after `clearGrad`. */
  grad: Tensor | undefined;
  /** What {@link onGradient} has put here; undefined costs less than an empty list. */
  gradientHooks: readonly GradientHook[] | undefined;
  #value: Tensor | StateCell;

  /** @throws DTypeError when gradients are wanted for integers. */
  constructor(value: Tensor, { requiresGrad = false, name }: VariableOptions = {}, node?: TapeNode) {
    if (requiresGrad && value.dtype === 'int32') {
      throw new DTypeError('variable', "int32 has no gradients: use value.cast('float32').", {
        value: 'int32',
      });
    }
    this.#value = value;
    this.requiresGrad = requiresGrad;
    this.name = name;
    this.node = node;
  }

  get value(): Tensor {
    return this.stored;
  }

  /** The tensor behind the variable, whatever a transform makes of `value`: for the tape alone. */
  get stored(): Tensor {
    const recording = this.keepsState ? activeRecording() : undefined;
    if (recording !== undefined) return recording.read(this);
    return this.#value instanceof Tensor ? this.#value : this.#value.tensor();
  }

  /** Whether a compiled program looks at it anew in every run, and may change it; others are constants to it. */
  protected get keepsState(): boolean {
    return this.requiresGrad && !(this.#value instanceof Tensor && isRecorded(this.#value));
  }

  held(): Tensor | StateCell {
    return this.#value;
  }

  hold(cell: StateCell): void {
    this.#value = cell;
  }

  /** The same value without gradients. */
  detach(): Variable {
    return new Variable(this.stored);
  }

  /** The same value as a leaf that requires gradients. */
  asLeaf(): Variable {
    const leaf = new Variable(this.stored, { requiresGrad: true });
    activeInterpreter()?.adopt(leaf);
    return leaf;
  }

  get shape(): Shape {
    return this.#value.shape;
  }

  get dtype(): DType {
    return this.#value.dtype;
  }

  get rank(): number {
    return this.shape.length;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** Whether gradients flow through it: it is a leaf that requires them, or was computed from one. */
  get tracked(): boolean {
    return this.requiresGrad || this.node !== undefined;
  }

  /**
   * Gives a leaf another value of the same shape and type, as optimisers do. Tapes that used the old value
   * notice. @throws ShapeError, DTypeError, ArgumentError for a variable that was computed.
   */
  assign(value: Tensor): void {
    this.requireAssignable(value);
    const recording = activeRecording();
    if (recording !== undefined) recording.write(this, value);
    else this.#value = value;
  }

  /** Throws what {@link assign} would throw, and changes nothing. */
  requireAssignable(value: Tensor): void {
    const title = `the variable${this.name ? ` ${this.name}` : ''}`;
    if (this.node !== undefined) {
      throw new ArgumentError(
        'assign',
        'this',
        this,
        `only leaves take a new value, but ${title} was computed.`,
      );
    }
    if (!sameShape(value.shape, this.shape)) {
      throw new ShapeError(
        'assign',
        `the new value is ${formatShape(value.shape)} but ${title} is ${formatShape(this.shape)}.`,
        { value: value.shape, variable: this.shape },
      );
    }
    if (value.dtype !== this.dtype) {
      throw new DTypeError('assign', `the new value is ${value.dtype} but ${title} is ${this.dtype}.`, {
        value: value.dtype,
        variable: this.dtype,
      });
    }
  }

  /**
   * Calls `hook` with this variable's cotangent in every backward pass, once it is complete; what the hook
   * returns, if anything, goes on in its place. Returns a function that takes the hook away again.
   */
  onGradient(hook: GradientHook): () => void {
    this.gradientHooks = [...(this.gradientHooks ?? []), hook];
    return () => {
      const rest = this.gradientHooks?.filter((each) => each !== hook) ?? [];
      this.gradientHooks = rest.length > 0 ? rest : undefined;
    };
  }

  clearGrad(): void {
    this.grad = undefined;
  }

  /** The only element. @throws ShapeError when there is not exactly one. */
  item(): number {
    return this.stored.item();
  }

  toArray(): NestedArray {
    return this.stored.toArray();
  }

  toString(): string {
    const role = this.node
      ? ` from ${this.node.rules.name}`
      : this.requiresGrad
        ? ' requiring gradients'
        : '';
    return `variable${this.name ? ` ${this.name}` : ''}${role}: ${this.stored.toString()}`;
  }

  /** What console.log shows in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** A leaf: `variable([[1, 2], [3, 4]], { requiresGrad: true })`. Nested arrays become float32 unless told. */
export function variable(
  values: NestedArray | Tensor,
  { dtype, ...options }: VariableOptions & { readonly dtype?: DType } = {},
): Variable {
  const value = values instanceof Tensor ? values : tensor(values, { dtype: dtype ?? 'float32' });
  return new Variable(dtype === undefined ? value : value.cast(dtype), options);
}

/** A leaf that requires gradients: what training changes. */
export function parameter(values: NestedArray | Tensor, name?: string): Variable {
  return variable(values, { requiresGrad: true, ...(name !== undefined && { name }) });
}

/** Operands as variables; numbers become scalars of the first tensor's type (float32 if there is none). */
export function toVariables(operands: readonly Operand[]): Variable[] {
  let dtype: DType = 'float32';
  for (const operand of operands) {
    if (typeof operand !== 'number') {
      dtype = operand.dtype;
      break;
    }
  }
  return operands.map((operand) => toVariable(operand, dtype));
}

/** An operand as a variable. @throws ArgumentError when a number does not fit int32. */
export function toVariable(operand: Operand, dtype: DType = 'float32'): Variable {
  if (operand instanceof Variable) return operand;
  if (operand instanceof Tensor) return new Variable(operand);
  if (dtype === 'int32' && operand !== (operand | 0)) {
    throw new ArgumentError(
      'toVariable',
      'operand',
      operand,
      `the number ${operand} stands beside an int32 tensor, but is no int32. Use cast('float32') on the tensor.`,
    );
  }
  const data = allocate(dtype, 1);
  data[0] = operand;
  return new Variable(Tensor.wrap(data, []));
}
