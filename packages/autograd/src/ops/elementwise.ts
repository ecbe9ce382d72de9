import {
  constant,
  type Expression,
  scalarFunctions as f,
  formatExpression,
  input,
  tensor,
} from '@reparam/tensor';
import { elementwiseRules } from '../elementwise.ts';
import { type Documented, documented, identify, type Kink } from '../operation.ts';
import { apply } from '../tape.ts';
import type { Operand, Variable } from '../variable.ts';

/** What sets one elementwise operation apart; all else follows from the formula. */
interface Definition {
  readonly name: string;
  readonly domain?: string;
  /** Points at which derivatives are checked, each a value for every operand. */
  readonly at: readonly (readonly number[])[];
  /** Points without a derivative, with the partial derivatives promised there. */
  readonly kinks?: readonly (readonly [at: readonly number[], partials: readonly number[]])[];
}

const everywhere = 'all reals';

function define<F extends (...operands: Operand[]) => Variable>(
  arity: number,
  { name, domain = everywhere, at, kinks = [] }: Definition,
  formula: (...inputs: Expression[]) => Expression,
): Documented<F> {
  const expression = formula(...Array.from({ length: arity }, (_, i) => input(i)));
  const rules = elementwiseRules(name, expression, arity);
  const implementation = ((...operands: Operand[]) => apply(rules, operands, undefined)) as F;
  const columns = Array.from({ length: arity }, (_, i) => at.map((point) => point[i]!));
  const toKink = ([point, partials]: readonly [readonly number[], readonly number[]]): Kink => ({
    at: `(${point.join(', ')})`,
    run: implementation,
    inputs: point,
    cotangents: partials,
  });
  return documented(implementation, () => ({
    ...identify(rules),
    kind: 'elementwise',
    formula: formatExpression(expression, arity === 1 ? ['x'] : ['a', 'b', 'c']),
    domain,
    kinks: kinks.map(toKink),
    samples: [{ run: implementation, inputs: columns.map((column) => tensor(column, { dtype: 'float64' })) }],
  }));
}

type Unary = (x: Operand) => Variable;
type Binary = (a: Operand, b: Operand) => Variable;

const unary = (definition: Definition, formula: (x: Expression) => Expression): Documented<Unary> =>
  define<Unary>(1, definition, formula as (...inputs: Expression[]) => Expression);
const binary = (
  definition: Definition,
  formula: (a: Expression, b: Expression) => Expression,
): Documented<Binary> => define<Binary>(2, definition, formula as (...inputs: Expression[]) => Expression);

const real = [[-3.1], [-0.7], [-0.01], [0.3], [1.2], [4.5]];
const positive = [[0.02], [0.4], [1], [2.7], [30]];
const pairs = [
  [-1.3, 0.6],
  [0.4, -2.1],
  [1.7, 1.1],
  [-0.2, -0.9],
];

// Arithmetic; shapes broadcast as in NumPy.
export const add = binary({ name: 'add', at: pairs }, f.add);
export const sub = binary({ name: 'sub', at: pairs }, f.subtract);
export const mul = binary({ name: 'mul', at: pairs }, f.multiply);
export const div = binary({ name: 'div', domain: 'b ≠ 0', at: pairs }, f.divide);
export const neg = unary({ name: 'neg', at: real }, f.negate);
export const square = unary({ name: 'square', at: [...real, [0]] }, (x) => f.multiply(x, x));
/** aᵇ; the exponent may be a number, a tensor or a variable. Negative bases need whole exponents. */
export const pow = binary(
  {
    name: 'pow',
    domain: 'a > 0, or whole b',
    at: [
      [0.3, 2.5],
      [1.9, -1.2],
      [2.2, 3],
      [0.8, 0.5],
    ],
  },
  f.power,
);

// Exponentials, logarithms, roots
export const exp = unary({ name: 'exp', at: real }, f.exp);
export const expm1 = unary({ name: 'expm1', at: [...real, [1e-9]] }, f.expm1);
export const log = unary({ name: 'log', domain: 'x > 0', at: positive }, f.log);
export const log1p = unary({ name: 'log1p', domain: 'x > -1', at: [...positive, [-0.6], [1e-9]] }, f.log1p);
export const sqrt = unary({ name: 'sqrt', domain: 'x > 0', at: positive }, f.sqrt);

// Activations
export const tanh = unary({ name: 'tanh', at: [...real, [0], [30], [-30]] }, f.tanh);
/** 1/(1 + e⁻ˣ) */
export const sigmoid = unary({ name: 'sigmoid', at: [...real, [0], [40], [-800], [800]] }, f.sigmoid);
/** ln(1 + eˣ), without overflow. */
export const softplus = unary({ name: 'softplus', at: [...real, [0], [40], [-800], [800]] }, f.softplus);
const zero = constant(0);
/** max(x, 0); the derivative at 0 is 0. */
export const relu = unary({ name: 'relu', at: real, kinks: [[[0], [0]]] }, (x) =>
  f.select(f.lessEqual(x, zero), zero, x),
);
/** x · sigmoid(x) */
export const silu = unary({ name: 'silu', at: [...real, [0], [-800]] }, (x) => f.multiply(x, f.sigmoid(x)));
/** x · Φ(x) with the exact normal distribution function (Hendrycks & Gimpel 2016), not its tanh approximation. */
export const gelu = unary({ name: 'gelu', at: [...real, [0]] }, (x) =>
  f.multiply(x, f.multiply(constant(0.5), f.erfc(f.multiply(constant(-Math.SQRT1_2), x)))),
);
const leaky = binary(
  {
    name: 'leakyRelu',
    at: [
      [-1.4, 0.01],
      [2.3, 0.01],
      [-0.3, 0.2],
    ],
    kinks: [
      [
        [0, 0.1],
        [0.1, 0],
      ],
    ],
  },
  (x, slope) => f.select(f.lessEqual(x, zero), f.multiply(slope, x), x),
);
/** x where x > 0, else slope·x; the derivative at 0 is the slope. */
export const leakyRelu = documented(
  (x: Operand, slope: Operand = 0.01): Variable => leaky(x, slope),
  () => leaky.operation,
);

// Kinks
export const abs = unary({ name: 'abs', at: real, kinks: [[[0], [0]]] }, f.abs);
/** The larger of two; a tie gives half of the cotangent to each. */
export const maximum = binary(
  {
    name: 'maximum',
    at: pairs,
    kinks: [
      [
        [2, 2],
        [0.5, 0.5],
      ],
    ],
  },
  f.maximum,
);
/** The smaller of two; a tie gives half of the cotangent to each. */
export const minimum = binary(
  {
    name: 'minimum',
    at: pairs,
    kinks: [
      [
        [2, 2],
        [0.5, 0.5],
      ],
    ],
  },
  f.minimum,
);

type Ternary = (a: Operand, b: Operand, c: Operand) => Variable;
/** min(max(x, low), high); at a bound, half of the cotangent goes to x and half to the bound. */
export const clamp: Documented<(x: Operand, low: Operand, high: Operand) => Variable> = define<Ternary>(
  3,
  {
    name: 'clamp',
    domain: 'low < high',
    at: [
      [-2, -1, 1],
      [0.3, -1, 1],
      [1.7, -1, 1],
    ],
    kinks: [
      [
        [-1, -1, 1],
        [0.5, 0.5, 0],
      ],
      [
        [1, -1, 1],
        [0.5, 0, 0.5],
      ],
    ],
  },
  ((x: Expression, low: Expression, high: Expression) => f.minimum(f.maximum(x, low), high)) as (
    ...inputs: Expression[]
  ) => Expression,
);
const choose = define<Ternary>(
  3,
  { name: 'where', domain: 'conditions are constants', at: [] },
  f.select as (...inputs: Expression[]) => Expression,
);
const conditions = tensor([1, 0, 2], { dtype: 'float64' });
const branches = [
  tensor([0.4, 1.3, -0.5], { dtype: 'float64' }),
  tensor([-2, 0.8, 0.1], { dtype: 'float64' }),
];
/**
 * a where the condition is not 0, else b. What is not taken may be NaN or infinite: it gets a cotangent of 0. But
 * 0·∞ is NaN, so where its own derivative is infinite (log at 0) choose its argument as well:
 * `where(c, log(where(c, x, 1)), 0)`.
 */
export const where: Documented<Ternary> = documented(
  (condition: Operand, a: Operand, b: Operand) => choose(condition, a, b),
  (f) => ({ ...choose.operation, samples: [{ run: (a, b) => f(conditions, a!, b!), inputs: branches }] }),
);

// Comparisons: 1 or 0 in the operands' type, without gradients.
const comparisonPoints = pairs;
export const less = binary({ name: 'less', at: comparisonPoints }, f.less);
export const lessEqual = binary({ name: 'lessEqual', at: comparisonPoints }, f.lessEqual);
export const greater = binary({ name: 'greater', at: comparisonPoints }, (a, b) => f.less(b, a));
export const greaterEqual = binary({ name: 'greaterEqual', at: comparisonPoints }, (a, b) =>
  f.lessEqual(b, a),
);
export const equal = binary({ name: 'equal', at: comparisonPoints }, f.equal);
