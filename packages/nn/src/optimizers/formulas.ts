import { constant, type Expression, scalarFunctions as f, input } from '@reparam/tensor';

// The numbering of inputs that every update rule shares: the parameter, its gradient, then slots and scalars.
export const parameter: Expression = input(0);
export const gradient: Expression = input(1);
export const squaredGradient = f.multiply(gradient, gradient);

const one = constant(1);

/** ρ·average + (1−ρ)·value */
export function movingAverage(decay: Expression, average: Expression, value: Expression): Expression {
  return f.add(f.multiply(decay, average), f.multiply(f.subtract(one, decay), value));
}

/** parameter − η·direction */
export function descend(rate: Expression, direction: Expression): Expression {
  return f.subtract(parameter, f.multiply(rate, direction));
}
