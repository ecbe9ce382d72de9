import { full, normal, RandomKey, type Shape, Tensor, tensor } from '@reparam/tensor';
import type { Kink, OperationRecord } from '../operation.ts';
import { add, mul } from '../ops/elementwise.ts';
import { sum } from '../ops/reductions.ts';
import { grad, jvp, vjp } from '../transforms.ts';
import { Variable } from '../variable.ts';
import { adjointTolerance, checkGradients } from './check-gradients.ts';
import { kinksOf, type RepeatedArgument, repeatedArguments, samplesOf } from './implied-samples.ts';
import { flat, probes } from './probes.ts';
import { relativeError } from './readings.ts';

/** What checking one operation of the table found: the worst over all of its samples. */
export interface OperationCheck {
  readonly name: string;
  readonly kind: OperationRecord['kind'];
  readonly firstOrder: number;
  readonly secondOrder: number;
  readonly adjointness: number;
  readonly kinks: { readonly kept: number; readonly promised: number };
  readonly comparisons: number;
  readonly ok: boolean;
}

/**
 * Checks an operation at its samples, first and second order, its promises at kinks exactly, and that an argument
 * passed twice gets both of its cotangents.
 */
export function checkOperation(operation: OperationRecord): OperationCheck {
  const samples = samplesOf(operation);
  const reports = samples.flatMap(({ run, inputs }) => {
    const check = (order: 1 | 2) => checkGradients(run, inputs, { order, onFailure: 'report' });
    return [check(1), check(2)];
  });
  const worst = (order: 1 | 2): number =>
    Math.max(...reports.filter((report) => report.order === order).map((report) => report.worst.error));
  const kept = operation.kinks.filter(keepsPromise).length;
  return {
    name: operation.name,
    kind: operation.kind,
    firstOrder: worst(1),
    secondOrder: worst(2),
    adjointness: Math.max(...reports.map((report) => report.adjointness)),
    kinks: { kept, promised: operation.kinks.length },
    comparisons: reports.reduce((total, report) => total + report.comparisons, 0),
    ok:
      operation.samples.length > 0 &&
      reports.every((report) => report.ok) &&
      kinksOf(operation).every(keepsPromise) &&
      samples.flatMap(repeatedArguments).every(accumulates),
  };
}

/**
 * Whether both modes give what is promised at a kink for an output cotangent of ones. They are run with twos,
 * which doubles every number exactly: a rule that ignores what it is given would go unnoticed with ones.
 */
export function keepsPromise({ run, inputs, cotangents }: Kink): boolean {
  const point = inputs.map((input) => tensor(input, { dtype: 'float64' }));
  const promised = cotangents.map((cotangent) => flat(tensor(cotangent, { dtype: 'float64' })));
  const { output, pullback } = vjp(run, ...point);
  const reverse = pullback(full(output.shape, 2, { dtype: 'float64' })).map(({ value }) => flat(value));
  const forward = probes(
    point.map((x) => x.size),
    Infinity,
    RandomKey.fromSeed(0),
  ).map(({ parts }) => {
    const tangents = parts.map((part, k) =>
      Tensor.wrap(
        part.map((entry) => 2 * entry),
        point[k]!.shape,
      ),
    );
    return total(flat(jvp(run, point, tangents).tangent.value));
  });
  const expected = promised.flatMap((entries) => [...entries].map((entry) => 2 * entry));
  const equal = (got: readonly number[]): boolean => got.every((value, i) => value === expected[i]);
  return equal(reverse.flatMap((entries) => [...entries])) && equal(forward) && staysLinear(run, point);
}

/**
 * Whether both modes are linear maps J and Jᵀ at a point, whatever else happens there: the derivative of ⟨u, Jᵀc⟩
 * by c is Ju, and that of ⟨c, Ju⟩ by u is Jᵀc, in both modes. Second derivatives use rules that the first do not.
 */
function staysLinear(run: Kink['run'], point: readonly Tensor[]): boolean {
  const key = RandomKey.fromSeed(0);
  const like = ({ shape }: { readonly shape: Shape }, stream: number): Tensor =>
    normal(key.foldIn(stream), shape, { dtype: 'float64' });
  const { output, pullback } = vjp(run, ...point);
  const [c, c2] = [like(output, 0), like(output, 1)];
  const [u, u2] = [2, 3].map((stream) => point.map((x, k) => like(x, 10 * k + stream))) as [
    Tensor[],
    Tensor[],
  ];
  const pulled = (cotangent: Variable): Variable => dotAll(pullback(cotangent), u);
  const pushed = (...tangents: Variable[]): Variable => dotAll([jvp(run, point, tangents).tangent], [c]);
  const pairs: readonly (readonly [readonly Variable[], readonly Variable[]])[] = [
    [grad(pulled)(c), [jvp(run, point, u).tangent]],
    [[jvp(pulled, [c], [c2]).tangent], [pulled(new Variable(c2))]],
    [grad(pushed)(...u), pullback(c)],
    [[jvp(pushed, u, u2).tangent], [pushed(...u2.map((x) => new Variable(x)))]],
  ];
  return pairs.every(([derived, expected]) =>
    derived.every((each, k) => {
      const wanted = flat(expected[k]!.value);
      return flat(each.value).every((value, i) => relativeError(value, wanted[i]!) <= adjointTolerance);
    }),
  );
}

function dotAll(a: readonly Variable[], b: readonly Tensor[]): Variable {
  return a.map((each, k) => sum(mul(each, b[k]!))).reduce((total, term) => add(total, term));
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Whether the cotangent of x in f(x, x) is the sum of those of a and b in f(a, b) at a = b = x. */
export function accumulates({ run, inputs, first, second }: RepeatedArgument): boolean {
  const apart = pullRandom(run, inputs);
  const together = pullRandom((...x) => run(...x.with(second, x[first]!)), inputs);
  return together[first]!.every(
    (value, i) =>
      relativeError(value, apart[first]![i]! + apart[second]![i]!) <= roundingOfOneSum ||
      // A point that the sample did not choose may lie outside the domain.
      Number.isNaN(value),
  );
}

/** The same numbers are added, but perhaps in another order. */
const roundingOfOneSum = 1e-14;

function pullRandom(run: (...inputs: Variable[]) => Variable, inputs: readonly Tensor[]): Float64Array[] {
  const { output, pullback } = vjp(run, ...inputs);
  return pullback(normal(RandomKey.fromSeed(0), output.shape, { dtype: 'float64' })).map(({ value }) =>
    flat(value),
  );
}
