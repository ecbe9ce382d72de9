import { type Expression, topologicalOrder } from '../../expression/expression.ts';

type Written = (...operands: string[]) => string;

const called =
  (name: string): Written =>
  (...operands) =>
    `${name}(${operands.join(', ')})`;

/** How each scalar function is written; those that are missing have no kernel. */
const written: Readonly<Record<string, Written>> = {
  add: (a, b) => `${a} + ${b}`,
  subtract: (a, b) => `${a} - ${b}`,
  multiply: (a, b) => `${a} * ${b}`,
  divide: (a, b) => `${a} / ${b}`,
  negate: (x) => `-${x}`,
  less: (a, b) => `(${a} < ${b}) ? 1 : 0`,
  lessEqual: (a, b) => `(${a} <= ${b}) ? 1 : 0`,
  equal: (a, b) => `(${a} == ${b}) ? 1 : 0`,
  select: (condition, whenTrue, whenFalse) => `(${condition} == 0) ? ${whenFalse} : ${whenTrue}`,
  abs: called('Math.abs'),
  floor: called('Math.floor'),
  ceil: called('Math.ceil'),
  isFinite: called('isFiniteNumber'),
  isNaN: called('isNotANumber'),
  power: called('powerOf'),
  hypot: called('hypotenuse'),
  exp: called('exponential'),
  expm1: called('exponentialMinusOne'),
  log: called('logarithm'),
  log1p: called('logOnePlus'),
  sqrt: called('squareRoot'),
  sigmoid: called('sigmoidOf'),
  softplus: called('softplusOf'),
  sign: called('signOf'),
  round: called('roundToEven'),
  maximum: called('larger'),
  minimum: called('smaller'),
  erf: called('erfOf'),
  erfc: called('erfcOf'),
  sin: (x) => `sineAfterQuarters(${x}, 0)`,
  cos: (x) => `sineAfterQuarters(${x}, 1)`,
  tan: called('tangent'),
  asin: called('arcsine'),
  acos: called('arccosine'),
  atan: called('arctangent'),
  atan2: called('arctangent2'),
  sinh: called('sinhOf'),
  cosh: called('coshOf'),
  tanh: called('tanhOf'),
  asinh: called('asinhOf'),
  acosh: called('acoshOf'),
  atanh: called('atanhOf'),
};

/** Functions in a formula that no kernel knows. */
export function unknownFunctions(expression: Expression): string[] {
  const names = topologicalOrder(expression).flatMap((node) =>
    node.kind === 'call' && written[node.callee.name] === undefined ? [node.callee.name] : [],
  );
  return [...new Set(names)];
}

/** A formula as JavaScript for gpu.js: statements, and the name or number that is the result. */
export interface WrittenFormula {
  readonly statements: readonly string[];
  readonly result: string;
}

/** Writes a formula, with the text of each input. What several parts share is computed once. */
export function writeFormula(expression: Expression, input: (index: number) => string): WrittenFormula {
  const names = new Map<Expression, string>();
  const statements: string[] = [];
  for (const node of topologicalOrder(expression)) {
    if (node.kind === 'constant') {
      names.set(node, numberText(node.value));
      continue;
    }
    const text =
      node.kind === 'input'
        ? input(node.index)
        : written[node.callee.name]!(...node.operands.map((operand) => names.get(operand)!));
    const name = `v${statements.length}`;
    statements.push(`const ${name} = ${text};`);
    names.set(node, name);
  }
  return { statements, result: names.get(expression)! };
}

/** A constant as float32 sees it. */
export function numberText(value: number): string {
  const rounded = Math.fround(value);
  if (Number.isNaN(rounded)) return 'notANumber(0)';
  if (!Number.isFinite(rounded)) return rounded > 0 ? 'infinite(0)' : '(-infinite(0))';
  return rounded < 0 ? `(${rounded})` : String(rounded);
}
