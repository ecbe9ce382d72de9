import {
  concat,
  constant,
  type Expression,
  eye,
  scalarFunctions as f,
  input,
  map,
  matmul,
  ones,
  place,
  reduce,
  sizeOf,
  type Tensor,
} from '@reparam/tensor';
import type { Variable } from '../../variable.ts';
import { slice } from '../movement.ts';

/** The factors of a [..., m, n] = Q·R: Q [..., m, n] with orthonormal columns, and R [..., n, n] upper triangular. */
export interface OrthogonalFactors {
  readonly q: Tensor;
  readonly r: Tensor;
}

const [x, y] = [input(0), input(1)];
const zero = constant(0);
const one = constant(1);
const orOne = (value: Expression): Expression => f.select(f.equal(value, zero), one, value);

const magnitude = f.abs(x);
const scaled = f.divide(x, orOne(y));
const product = f.multiply(x, y);
const euclidean = f.sqrt(x);
/** The head x₀ + sign(x₀)‖x‖ of a reflector, of head and norm: the sign that does not cancel. */
const reflectorHead = f.add(x, f.select(f.less(x, zero), f.negate(y), y));
/** 2/‖v‖² of head and norm; 0, which reflects nothing, for a column of zeros. */
const reflectorWeight = f.select(f.equal(y, zero), zero, f.divide(one, f.multiply(y, f.add(y, f.abs(x)))));
/** t − v·(β·p) */
const reflected = f.subtract(x, f.multiply(y, f.multiply(input(2), input(3))));

/**
 * The QR factors of [..., m, n] with m ≥ n by reflections H = I − βvvᵀ (Householder 1958; Golub & Van Loan, Matrix
 * Computations, §5.2), each step for the whole batch at once, in double precision. There are min(m − 1, n) reflections,
 * so that det Q = (−1)ⁿ⁻¹ where Q is square and R has no zero on its diagonal, whose signs are as they come.
 */
export function householder(a: Tensor): OrthogonalFactors {
  const batch = a.shape.slice(0, -2);
  const [m, n] = a.shape.slice(-2) as [number, number];
  const matrices = a.cast('float64').reshape([sizeOf(batch), m, n]);
  const { q, r } = matrices.size === 0 ? ofNothing(matrices) : factorize(matrices);
  return {
    q: q.reshape([...batch, m, n]).cast(a.dtype),
    r: r.reshape([...batch, n, n]).cast(a.dtype),
  };
}

function ofNothing(a: Tensor): OrthogonalFactors {
  const [batch, , n] = a.shape as [number, number, number];
  return { q: a, r: place([], [batch, n, n], { dtype: a.dtype }) };
}

interface Reflection {
  readonly v: Tensor;
  readonly beta: Tensor;
}

function factorize(a: Tensor): OrthogonalFactors {
  const [batch, m, n] = a.shape as [number, number, number];
  // Columns of a largest magnitude of 1: their squares neither overflow nor vanish.
  const scale = reduce('maximum', map(magnitude, [a]), { axes: 1, keepDims: true });
  let rest = map(scaled, [a, scale]);
  const rows: Tensor[] = [];
  const reflections: Reflection[] = [];
  for (let j = 0; j < n; j++) {
    if (j < m - 1) {
      const reflection = reflectionOf(rest.slice([null, null, [0, 1]]));
      reflections.push(reflection);
      rest = reflect(reflection, rest);
    }
    rows.push(rest.slice([null, [0, 1]]));
    rest = rest.slice([null, [1, null], [1, null]]);
  }
  const upper = place(
    rows.map((source, j) => ({ source, start: [0, j, j] })),
    [batch, n, n],
    { dtype: a.dtype },
  );
  return { q: accumulate(reflections, batch, m, n), r: map(product, [upper, scale]) };
}

/** The reflection that takes a column [batch, m, 1] to a multiple of the first unit vector. */
function reflectionOf(column: Tensor): Reflection {
  const norm = map(euclidean, [reduce('sum', map(product, [column, column]), { axes: 1, keepDims: true })]);
  const head = column.slice([null, [0, 1]]);
  const tail = column.slice([null, [1, null]]);
  return {
    v: concat([map(reflectorHead, [head, norm]), tail], 1),
    beta: map(reflectorWeight, [head, norm]),
  };
}

function reflect({ v, beta }: Reflection, matrices: Tensor): Tensor {
  const projections = matmul(v, matrices, { transposeA: true });
  return map(reflected, [matrices, v, beta, projections]);
}

/** The first n columns of H₀H₁H₂…, last factor first, so that each works on the part that is not yet the identity. */
function accumulate(reflections: readonly Reflection[], batch: number, m: number, n: number): Tensor {
  const dtype = 'float64';
  const untouched = reflections.length;
  let q = eye(m - untouched, n - untouched, { dtype }).expand([batch, m - untouched, n - untouched]);
  for (const [position, reflection] of reflections.toReversed().entries()) {
    const j = untouched - 1 - position;
    const corner = { source: ones([1, 1, 1], { dtype }).expand([batch, 1, 1]), start: [0, 0, 0] };
    const grown = place([corner, { source: q, start: [0, 1, 1] }], [batch, m - j, n - j], { dtype });
    q = reflect(reflection, grown);
  }
  return q;
}

/** Both factors as one tensor [..., m + n, n], Q above R: an operation has one output. */
export function pack({ q, r }: OrthogonalFactors): Tensor {
  return concat([q, r], -2);
}

/** The factors that {@link pack} put together. */
export function unpack(packed: Variable): { q: Variable; r: Variable } {
  const [rows, n] = packed.shape.slice(-2) as [number, number];
  const all = packed.shape.slice(0, -2).map(() => null);
  return { q: slice(packed, [...all, [0, rows - n]]), r: slice(packed, [...all, [rows - n, rows]]) };
}
