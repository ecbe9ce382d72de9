import { constant } from '../expression.ts';

export const zero = constant(0);
export const half = constant(0.5);
export const one = constant(1);
export const infinity = constant(Infinity);

/** The derivative of what is constant between its jumps. */
export const flat = () => zero;
