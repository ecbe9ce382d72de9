import type { DType } from './dtype.ts';
import type { Shape } from './shape.ts';

/** Every error this project throws on purpose. `operation` names the function that refused. */
export class ReparamError extends Error {
  readonly operation: string;

  constructor(operation: string, explanation: string, options?: ErrorOptions) {
    super(`${operation}: ${explanation}`, options);
    this.operation = operation;
    this.name = new.target.name;
  }
}

/** Shapes that do not fit each other or the request. `shapes` holds every argument's full shape by name. */
export class ShapeError extends ReparamError {
  readonly shapes: Readonly<Record<string, Shape>>;

  constructor(operation: string, explanation: string, shapes: Readonly<Record<string, Shape>>) {
    super(operation, explanation);
    this.shapes = shapes;
  }
}

/** An axis that the tensor does not have, or has twice. */
export class AxisError extends ReparamError {
  readonly axis: number;
  readonly shape: Shape;

  constructor(operation: string, explanation: string, axis: number, shape: Shape) {
    super(operation, explanation);
    this.axis = axis;
    this.shape = shape;
  }
}

/** An index outside the axis it points into. */
export class IndexError extends ReparamError {
  readonly index: number;
  readonly axis: number;
  readonly shape: Shape;

  constructor(operation: string, explanation: string, index: number, axis: number, shape: Shape) {
    super(operation, explanation);
    this.index = index;
    this.axis = axis;
    this.shape = shape;
  }
}

/** Element types that an operation does not take, or does not mix. */
export class DTypeError extends ReparamError {
  readonly dtypes: Readonly<Record<string, DType>>;

  constructor(operation: string, explanation: string, dtypes: Readonly<Record<string, DType>>) {
    super(operation, explanation);
    this.dtypes = dtypes;
  }
}

/** An argument outside the values it may take. */
export class ArgumentError extends ReparamError {
  readonly argument: string;
  readonly value: unknown;

  constructor(operation: string, argument: string, value: unknown, explanation: string) {
    super(operation, explanation);
    this.argument = argument;
    this.value = value;
  }
}

/** Bytes that are not what their format promises. `byteOffset` says where reading stopped making sense. */
export class FileFormatError extends ReparamError {
  readonly format: string;
  readonly byteOffset: number;

  constructor(format: string, explanation: string, byteOffset = 0) {
    super(format, explanation);
    this.format = format;
    this.byteOffset = byteOffset;
  }
}
