import { linearize, mul, stack, Variable } from '@reparam/autograd';
import { bernoulli, eye, type RandomKey } from '@reparam/tensor';

/** A map of points [..., D], each of which depends on its own point alone. */
export type PointMap = (z: Variable) => Variable;

/** How a trace is found: exactly, from D directional derivatives, or estimated from those along random probes. */
export type TraceMethod = 'exact' | { readonly key: RandomKey; readonly probes: number };

/**
 * The map and its derivatives ∂f/∂z_i, [..., D] each, one directional derivative for a whole batch at a time. Any
 * order of derivatives of them is exact.
 */
function columnsOf(fn: PointMap, z: Variable): { readonly value: Variable; readonly columns: Variable[] } {
  const { output, pushforward } = linearize((point) => fn(point!), z);
  const dimensions = z.shape.at(-1)!;
  const units = eye(dimensions, dimensions, { dtype: z.dtype });
  const columns = Array.from({ length: dimensions }, (_, i) =>
    pushforward(units.slice([i]).expand(z.shape).contiguous()),
  );
  return { value: output, columns };
}

/** The map and its Jacobian for each point: [..., D] → [..., D, D]. */
export function perExampleJacobian(
  fn: PointMap,
  z: Variable,
): { readonly value: Variable; readonly jacobian: Variable } {
  const { value, columns } = columnsOf(fn, z);
  return { value, jacobian: stack(columns, -1) };
}

/** The map and the trace of its Jacobian for each point: [..., D] → [...]. */
export function perExampleTrace(
  fn: PointMap,
  z: Variable,
  method: TraceMethod,
): { readonly value: Variable; readonly trace: Variable } {
  if (method === 'exact') {
    const { value, columns } = columnsOf(fn, z);
    const entries = columns.map((column, i) => column.slice([...leadingAxes(z), i]));
    return { value, trace: entries.reduce((total, entry) => total.add(entry)) };
  }
  const { output, pushforward } = linearize((point) => fn(point!), z);
  const estimates = probesFor(z, method).map((probe) => mul(probe, pushforward(probe)).sum({ axes: -1 }));
  return { value: output, trace: average(estimates) };
}

/** Random signs of the shape of z, for which E[vᵀJv] = tr J (Hutchinson 1990). */
export function probesFor(z: Variable, { key, probes }: Exclude<TraceMethod, 'exact'>): Variable[] {
  const dtype = z.dtype === 'float64' ? 'float64' : 'float32';
  return Array.from({ length: probes }, (_, i) =>
    new Variable(bernoulli(key.foldIn(i), 0.5, z.shape, { dtype })).mul(2).sub(1),
  );
}

export function average(estimates: readonly Variable[]): Variable {
  return estimates.reduce((total, each) => total.add(each)).div(estimates.length);
}

function leadingAxes(z: Variable): null[] {
  return z.shape.slice(0, -1).map(() => null);
}
