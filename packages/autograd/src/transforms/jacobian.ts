import { eye, zeros } from '@reparam/tensor';
import { reshape, stack } from '../ops/movement.ts';
import { isRecording, tapeOf, withRecording } from '../tape.ts';
import { Variable } from '../variable.ts';
import { pushAll } from './forward.ts';
import { gradients } from './reverse.ts';
import { type Differentiable, type Input, requireDirections, trace } from './trace.ts';

export interface JacobianOptions {
  /**
   * 'reverse' pulls one cotangent back for every entry of the output, 'forward' pushes one tangent for every entry
   * of the inputs. The one with fewer passes unless told.
   */
  readonly mode?: 'forward' | 'reverse';
}

/**
 * All first derivatives of `fn` by every input: `const [J] = jacobian(f)(x)` has the shape
 * [...output.shape, ...x.shape]. Nests, and can be differentiated.
 */
export function jacobian(
  fn: Differentiable,
  { mode }: JacobianOptions = {},
): (...inputs: Input[]) => Variable[] {
  return (...inputs) => {
    const { output, arguments: fresh, nested } = trace(fn, inputs);
    const entries = fresh.reduce((total, { size }) => total + size, 0);
    return (mode ?? (entries <= output.size ? 'forward' : 'reverse')) === 'forward'
      ? pushUnits([output], fresh, nested)[0]!
      : pullUnits(output, fresh, nested);
  };
}

/**
 * All second derivatives of a scalar function: `hessian(f)(x, y)[i][j]` has the shape
 * [...inputs[i].shape, ...inputs[j].shape]. Forward mode over reverse mode.
 */
export function hessian(fn: Differentiable): (...inputs: Input[]) => Variable[][] {
  return (...inputs) => {
    const { first, arguments: fresh, nested } = traceGradient(fn, inputs);
    return pushUnits(first, fresh, nested);
  };
}

/**
 * The product of the Hessian of a scalar function with one vector for each input: H·v by each input, at the cost of
 * a few evaluations (Pearlmutter 1994). @throws ArgumentError, ShapeError, DTypeError when vectors do not match.
 */
export function hvp(fn: Differentiable, inputs: readonly Input[], vectors: readonly Input[]): Variable[] {
  requireDirections('hvp', 'vectors', inputs, vectors);
  const { first, arguments: fresh, nested } = traceGradient(fn, inputs);
  return pushAll(tapeOf(...first), first, fresh, vectors, nested);
}

function traceGradient(
  fn: Differentiable,
  inputs: readonly Input[],
): { first: Variable[]; arguments: readonly Variable[]; nested: boolean } {
  const { output, arguments: fresh, nested } = trace(fn, inputs);
  return { first: gradients(output, fresh, { createGraph: true }), arguments: fresh, nested };
}

/** derivatives[i][j] of outputs[i] by inputs[j], a column for every entry of the inputs. */
function pushUnits(outputs: readonly Variable[], inputs: readonly Variable[], nested: boolean): Variable[][] {
  const tape = tapeOf(...outputs);
  const columns = inputs.map((input, j) =>
    units(input).map((unit) => {
      const tangents = inputs.map((_, other) => (other === j ? unit : undefined));
      return pushAll(tape, outputs, inputs, tangents, nested);
    }),
  );
  return withRecording(isRecording() && nested, () =>
    outputs.map((output, i) =>
      inputs.map((input, j) => {
        const shape = [...output.shape, ...input.shape];
        if (input.size === 0) return new Variable(zeros(shape, { dtype: output.dtype }));
        return reshape(
          stack(
            columns[j]!.map((column) => column[i]!),
            -1,
          ),
          shape,
        );
      }),
    ),
  );
}

/** The derivatives of the output by every input, a row for every entry of the output. */
function pullUnits(output: Variable, inputs: readonly Variable[], nested: boolean): Variable[] {
  const rows = units(output).map((cotangent) =>
    gradients(output, inputs, { createGraph: nested, cotangent }),
  );
  return withRecording(isRecording() && nested, () =>
    inputs.map((input, j) => {
      const shape = [...output.shape, ...input.shape];
      if (rows.length === 0) return new Variable(zeros(shape, { dtype: input.dtype }));
      return reshape(stack(rows.map((row) => row[j]!)), shape);
    }),
  );
}

/** The unit vectors of a variable's space, in its shape. */
function units({ size, shape, dtype }: Variable): Variable[] {
  const identity = eye(size, size, { dtype });
  return Array.from({ length: size }, (_, k) => new Variable(identity.slice([k]).reshape(shape)));
}
