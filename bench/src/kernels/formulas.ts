import { constant, type Expression, scalarFunctions as f, input } from '@reparam/tensor';

/** An elementwise kernel to time, over a million elements. */
export interface Formula {
  readonly name: string;
  /** How many inputs are arrays; those after them are numbers that all elements share. */
  readonly arrays: number;
  /** Arrays that hold numbers above 0 alone. */
  readonly positive?: readonly number[];
  readonly scalars: readonly number[];
  readonly stored: readonly Expression[];
  /** What is added up instead of being stored. */
  readonly summed?: Expression;
}

const [x, y, z, w] = [input(0), input(1), input(2), input(3)];
const [one, half] = [constant(1), constant(0.5)];

const unary = (name: string, build: (x: Expression) => Expression): Formula => ({
  name,
  arrays: 1,
  scalars: [],
  stored: [build(x)],
});

/** ½(μ² + σ² − 1) − ln σ for μ, ln σ². */
const divergence = f.multiply(half, f.subtract(f.subtract(f.add(f.multiply(x, x), f.exp(y)), y), one));

/** Of parameter, m, v and gradient, with η/(1 − β₁ᵗ), 1/√(1 − β₂ᵗ). */
function adam(): Formula {
  const mean = f.add(f.multiply(constant(0.9), y), f.multiply(constant(0.1), w));
  const square = f.add(f.multiply(constant(0.999), z), f.multiply(constant(0.001), f.multiply(w, w)));
  const root = f.add(f.multiply(f.sqrt(square), input(5)), constant(1e-8));
  const parameter = f.subtract(x, f.divide(f.multiply(input(4), mean), root));
  return {
    name: 'Adam update',
    arrays: 4,
    positive: [2],
    scalars: [1e-3, 1.2],
    stored: [parameter, mean, square],
  };
}

/** What elementwise kernels are timed on: single functions, and chains that training steps are made of. */
export const formulas: readonly Formula[] = [
  { name: 'add', arrays: 2, scalars: [], stored: [f.add(x, y)] },
  unary('exp', f.exp),
  { ...unary('log', f.log), positive: [0] },
  unary('tanh', f.tanh),
  unary('sigmoid', f.sigmoid),
  unary('softplus', f.softplus),
  { name: 'Gaussian KL', arrays: 2, scalars: [], stored: [divergence] },
  adam(),
  {
    name: 'Bernoulli loss summed, and gradient',
    arrays: 2,
    scalars: [1 / 128],
    stored: [f.multiply(z, f.subtract(f.sigmoid(x), y))],
    summed: f.subtract(f.softplus(x), f.multiply(x, y)),
  },
];
