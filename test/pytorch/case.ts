import type { Documented, Variable } from '@reparam/autograd';
import {
  fromTypedArray,
  type NestedArray,
  normal,
  type RandomKey,
  Tensor,
  tensor,
  uniform,
} from '@reparam/tensor';

/** One computation, written twice: with an operation of ours and with PyTorch. */
export interface Case {
  readonly operation: string;
  /** A Python expression of x0, x1, …, `torch` and `F` (torch.nn.functional). */
  readonly expression: string;
  readonly run: (...inputs: Variable[]) => Outputs;
  readonly inputs: readonly Draw[];
  /** Where PyTorch's result is not to be trusted as far as usual. */
  readonly exception?: Exception;
}

/** What a computation returns: one result, or several that are compared one after the other. */
export type Outputs = Variable | readonly Variable[];

/** Makes one input from a key of its own. Float64 inputs are differentiated by, int32 ones are positions. */
export type Draw = (key: RandomKey) => Tensor;

/** What is compared, as tables list it. */
export const aspects = ['value', 'reverse', 'forward', 'second order'] as const;

export type Aspect = (typeof aspects)[number];

export interface Exception {
  /** Errors allowed instead of {@link usualTolerance}; infinite where PyTorch's result is of no use. */
  readonly allowed: Readonly<Partial<Record<Aspect, number>>>;
  readonly because: string;
}

/** Largest error allowed, as |a − b| / max(1, |a|, |b|). */
export const usualTolerance = 1e-12;

/** A case of an operation; `run` takes as many variables as there are inputs. */
export function compare<const D extends readonly Draw[]>(
  { operation }: Documented<object>,
  expression: string,
  run: (...inputs: { [K in keyof D]: Variable }) => Outputs,
  ...inputs: D
): Case {
  return { operation: operation.name, expression, run: run as Case['run'], inputs };
}

/** A case with an exception. */
export function except(because: string, allowed: Exception['allowed'], subject: Case): Case {
  return { ...subject, exception: { allowed, because } };
}

/** Standard normal numbers. */
export function normals(...shape: number[]): Draw {
  return (key) => normal(key, shape, { dtype: 'float64' });
}

/** Uniform numbers. */
export function between(low: number, high: number, ...shape: number[]): Draw {
  return (key) => uniform(key, shape, { low, high, dtype: 'float64' });
}

/**
 * Square matrices far from singular, with a positive definite symmetric part: n on the diagonal, and less than 1 in
 * magnitude beside it.
 */
export function dominant(n: number, ...batch: number[]): Draw {
  const shape = [...batch, n, n];
  return (key) => {
    const entries = uniform(key, shape, { low: -1, dtype: 'float64' }).toTypedArray();
    return Tensor.wrap(
      entries.map((entry, i) => ((i % (n * n)) % (n + 1) === 0 ? n : entry)),
      shape,
    );
  };
}

/** A vector of these numbers. */
export function at(...numbers: number[]): Draw {
  return () => fromTypedArray(Float64Array.from(numbers));
}

/** These numbers. */
export function given(values: NestedArray): Draw {
  return () => tensor(values, { dtype: 'float64' });
}

/** These whole numbers. */
export function positions(values: NestedArray): Draw {
  return () => tensor(values, { dtype: 'int32' });
}
