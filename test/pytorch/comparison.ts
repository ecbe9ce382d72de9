import { cast, concat, gradients, jvp, mul, reshape, sum, Variable } from '@reparam/autograd';
import { normal, RandomKey, type Shape, type Tensor, zeros } from '@reparam/tensor';
import { type Aspect, aspects, type Case, usualTolerance } from './case.ts';
import { type Answer, askPyTorch, decodeNumbers, encodeNumbers, type Request } from './python.ts';

/** How far we are from PyTorch in one case. */
export interface Comparison {
  readonly subject: Case;
  /** The worst error of every aspect. */
  readonly errors: Readonly<Record<Aspect, number>>;
  /** What is wrong; undefined when all errors are allowed. */
  readonly complaint: string | undefined;
}

/** Compares all cases; undefined where there is no PyTorch. */
export function compareAll(
  cases: readonly Case[],
): { readonly version: string; readonly comparisons: readonly Comparison[] } | undefined {
  const computed = cases.map((subject, number) => compute(subject, RandomKey.fromSeed(0).foldIn(number)));
  const asked = askPyTorch(computed.map(({ request }) => request));
  return (
    asked && {
      version: asked.version,
      comparisons: cases.map((subject, number) => judge(subject, computed[number]!, asked.answers[number]!)),
    }
  );
}

/** The numbers of one case, by us or by PyTorch. */
type Results = Readonly<Record<Aspect, readonly Float64Array[]>>;

interface Computed {
  readonly request: Request;
  readonly shapes: readonly Shape[];
  readonly results: Results;
}

/**
 * With all outputs in one vector y, its Jacobian J by all inputs x, and random c and u: y, Jᵀc, Ju, and the gradient of
 * ⟨c, Ju⟩ by x and c.
 */
function compute({ expression, run, inputs: draws }: Case, key: RandomKey): Computed {
  const [keyX, keyC, keyU] = key.split(3) as [RandomKey, RandomKey, RandomKey];
  const inputs = draws.map((draw, k) => {
    const value = draw(keyX.foldIn(k));
    return new Variable(value, { requiresGrad: value.dtype !== 'int32' });
  });
  const outputs = toList(run(...inputs));
  const y = toVector(outputs);

  const moving = inputs.filter(({ requiresGrad }) => requiresGrad);
  const c = new Variable(normal(keyC, y.shape, { dtype: 'float64' }), { requiresGrad: true });
  const u = moving.map(({ shape }, k) => normal(keyU.foldIn(k), shape, { dtype: 'float64' }));
  const first = gradients(y, moving, { cotangent: c, createGraph: true });
  const projection = first
    .map((gradient, k) => sum(mul(gradient, u[k]!)))
    .reduce((total, term) => total.add(term), new Variable(zeros([], { dtype: 'float64' })));
  const second = gradients(projection, [...moving, c]);
  const again = (...fresh: Variable[]): Variable =>
    toVector(toList(run(...inputs.map((input) => fresh[moving.indexOf(input)] ?? input))));
  const { tangent } = jvp(again, moving, u);
  return {
    request: {
      expression,
      inputs: inputs.map(({ value, shape, dtype }) => ({
        shape,
        whole: dtype === 'int32',
        data: encodeNumbers(numbers(value)),
      })),
      cotangent: encodeNumbers(numbers(c.value)),
      directions: u.map((direction) => encodeNumbers(numbers(direction))),
    },
    shapes: outputs.map(({ shape }) => shape),
    results: {
      value: [numbers(y.value)],
      reverse: first.map(({ value }) => numbers(value)),
      forward: [numbers(tangent.value)],
      'second order': second.map(({ value }) => numbers(value)),
    },
  };
}

function toList(outputs: ReturnType<Case['run']>): readonly Variable[] {
  return outputs instanceof Variable ? [outputs] : outputs;
}

function toVector(outputs: readonly Variable[]): Variable {
  return concat(outputs.map((output) => cast(reshape(output, [output.size]), 'float64')));
}

function numbers(x: Tensor): Float64Array {
  return Float64Array.from(x.toTypedArray());
}

/** PyTorch's forward mode does not cover all operations, but Ju is also the gradient of ⟨c, Ju⟩ by c. */
function decode({ value, first, second }: Answer): Results {
  return {
    value: [decodeNumbers(value)],
    reverse: first.map(decodeNumbers),
    forward: [decodeNumbers(second.at(-1)!)],
    'second order': second.map(decodeNumbers),
  };
}

function judge(subject: Case, ours: Computed, answer: Answer | { readonly error: string }): Comparison {
  if ('error' in answer) {
    const errors = { value: Infinity, reverse: Infinity, forward: Infinity, 'second order': Infinity };
    return { subject, errors, complaint: answer.error };
  }
  const theirs = decode(answer);
  const entries = aspects.map((aspect) => [aspect, worst(ours.results[aspect], theirs[aspect])] as const);
  const errors = Object.fromEntries(entries) as Record<Aspect, number>;
  const shapes = JSON.stringify(ours.shapes);
  const theirShapes = JSON.stringify(answer.shapes);
  const far = entries.filter(([aspect, error]) => error > allowed(subject, aspect));
  const complaints = far.map(([aspect, error]) => `${aspect} differs by ${error.toExponential(1)}`);
  if (shapes !== theirShapes) complaints.push(`shapes are ${shapes}, of PyTorch ${theirShapes}`);
  return { subject, errors, complaint: complaints.length > 0 ? complaints.join(', ') : undefined };
}

/** The largest error allowed. */
function allowed({ exception }: Case, aspect: Aspect): number {
  return exception?.allowed[aspect] ?? usualTolerance;
}

function worst(ours: readonly Float64Array[], theirs: readonly Float64Array[]): number {
  const errors = ours.flatMap((mine, k) => Array.from(mine, (a, i) => relativeError(a, theirs[k]![i]!)));
  return errors.reduce((largest, error) => Math.max(largest, error), 0);
}

/** |a − b| / max(1, |a|, |b|); 0 for equal infinities and two NaN, ∞ where only one is infinite or NaN. */
function relativeError(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const error = Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
  return Number.isNaN(error) ? Infinity : error;
}
