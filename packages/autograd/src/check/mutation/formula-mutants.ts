import {
  constant,
  type Expression,
  formatExpression,
  input,
  map,
  normal,
  operandNames,
  RandomKey,
  referenceBackend,
  scalarFunctions,
  type Tensor,
  uniform,
  useBackend,
  usedInputs,
} from '@reparam/tensor';
import type { Rules } from '../../operation.ts';
import { mul } from '../../ops/elementwise.ts';
import { noGrad, type TapeNode } from '../../tape.ts';
import { Variable } from '../../variable.ts';
import { type Mutant, withMutant } from './mutant.ts';
import { floatingInputs, ruleNumbers } from './rule-numbers.ts';
import { sameNumbers } from './same-numbers.ts';

/**
 * The mistakes that can be made in the formulas that a rule computes with, derived or written out: a constant that is
 * off by one percent, a function or a factor left out, a condition that always or never holds, an operand
 * mistaken for another. They are made where the formulas reach the backend, while the rule runs.
 */
export function formulaMutants(rules: Rules<unknown>, nodes: readonly TapeNode[]): Mutant[] {
  return (['vjp', 'jvp'] as const).flatMap((which) =>
    [...formulasOf(rules, which, nodes)].flatMap(([formula, operands]) =>
      variants(formula).map((wrong) => ({
        mutation: `${which}: ${print(formula)} taken as ${print(wrong)}`,
        replacement: withFormula(rules, which, formula, wrong),
        excuse: () => {
          if (!operands.some((each) => differNear(formula, wrong, each)))
            return 'no sample, its surroundings or a kink tells the formulas apart';
          return isUsed(rules, which, nodes, formula) ? undefined : 'the formula is tested, and not used';
        },
      })),
    ),
  );
}

/** Whether anything that the rule gives depends on the formula, which may only decide whether to throw. */
function isUsed(
  rules: Rules<unknown>,
  which: 'vjp' | 'jvp',
  nodes: readonly TapeNode[],
  formula: Expression,
): boolean {
  const distorted = scalarFunctions.multiply(constant(1.5), formula);
  const replacement = withFormula(rules, which, formula, distorted);
  const now = withMutant(rules, { mutation: 'distorted', replacement }, () => ruleNumbers(rules, nodes));
  return !sameNumbers(now, ruleNumbers(rules, nodes));
}

/** Whether two formulas differ somewhere around given operands: within a tenth of each. */
function differNear(formula: Expression, wrong: Expression, operands: readonly Tensor[]): boolean {
  const key = RandomKey.fromSeed(2);
  const nearby = operands.map((x, k) => {
    const factors = uniform(key.foldIn(k), x.shape, { low: 0.9, high: 1.1, dtype: 'float64' });
    return noGrad(() => mul(x, factors).value);
  });
  const [right, other] = [formula, wrong].map((each) => [...map(each, nearby).toTypedArray()]);
  return !sameNumbers(right!, other!);
}

function print(expression: Expression): string {
  return formatExpression(expression, operandNames((usedInputs(expression).at(-1) ?? 0) + 1));
}

/** The rule with every map of `formula` replaced by a map of `wrong`. */
function withFormula(
  rules: Rules<unknown>,
  which: 'vjp' | 'jvp',
  formula: Expression,
  wrong: Expression,
): Mutant['replacement'] {
  const { vjp, jvp } = rules;
  const corrupted = <T>(rule: () => T): T =>
    whileMapping((asked) => (asked === formula ? wrong : asked), rule);
  return which === 'vjp'
    ? { vjp: (...given) => corrupted(() => vjp.apply(rules, given)) }
    : { jvp: (...given) => corrupted(() => jvp.apply(rules, given)) };
}

/** Runs `fn` on the reference backend, mapping what `exchange` makes of the formulas it is asked for. */
function whileMapping<T>(
  exchange: (asked: Expression, operands: readonly Tensor[]) => Expression,
  fn: () => T,
): T {
  const before = useBackend({
    ...referenceBackend,
    map: (expression, operands, ...rest) =>
      referenceBackend.map(exchange(expression, operands), operands, ...rest),
  });
  try {
    return fn();
  } finally {
    useBackend(before);
  }
}

/** The formulas that a rule asks the backend for at the nodes it was used at, and their operands there. */
function formulasOf(
  rules: Rules<unknown>,
  which: 'vjp' | 'jvp',
  nodes: readonly TapeNode[],
): ReadonlyMap<Expression, (readonly Tensor[])[]> {
  const found = new Map<Expression, (readonly Tensor[])[]>();
  const note = (asked: Expression, operands: readonly Tensor[]): Expression => {
    const known = found.get(asked) ?? [];
    found.set(asked, known);
    known.push(operands);
    return asked;
  };
  const random = (x: Variable): Variable =>
    new Variable(normal(RandomKey.fromSeed(0), x.shape, { dtype: 'float64' }));
  for (const node of nodes) {
    const cotangent = random(node.output);
    const tangents = node.inputs.map((x) => (x.tracked ? random(x) : undefined));
    noGrad(() =>
      whileMapping(note, () => {
        if (which === 'jvp') rules.jvp(tangents, node);
        else {
          for (const index of floatingInputs([node])) {
            if (node.inputs[index]!.tracked) rules.vjp(index, cotangent, node);
          }
        }
      }),
    );
  }
  return found;
}

const conditions: readonly string[] = ['less', 'lessEqual', 'equal', 'isFinite', 'isNaN'];

/** Every formula that differs from this one by one mistake. */
function variants(formula: Expression): Expression[] {
  const inputs = usedInputs(formula);
  const found = nodesOf(formula).flatMap((node) => {
    const mistakes: Expression[] = [];
    if (node.kind === 'constant') mistakes.push(constant(node.value === 0 ? 0.01 : node.value * 1.01));
    else if (node.kind === 'input') {
      const other = inputs[(inputs.indexOf(node.index) + 1) % inputs.length]!;
      if (other !== node.index) mistakes.push(input(other));
    } else if (conditions.includes(node.callee.name)) mistakes.push(constant(0), constant(1));
    else if (node.callee.name === 'select') mistakes.push(...node.operands.slice(1));
    else mistakes.push(...node.operands);
    return mistakes.map((mistake) => exchange(formula, node, mistake));
  });
  return [...new Set(found)].filter((each) => each !== formula);
}

function nodesOf(root: Expression, found = new Set<Expression>()): Expression[] {
  if (!found.has(root)) {
    found.add(root);
    if (root.kind === 'call') for (const operand of root.operands) nodesOf(operand, found);
  }
  return [...found];
}

/** The formula with one of its parts replaced, wherever it occurs. */
function exchange(formula: Expression, part: Expression, by: Expression): Expression {
  if (formula === part) return by;
  if (formula.kind !== 'call') return formula;
  const operands = formula.operands.map((operand) => exchange(operand, part, by));
  if (operands.every((operand, i) => operand === formula.operands[i])) return formula;
  return rebuild(formula.callee.name, operands) ?? formula;
}

const builders = scalarFunctions as unknown as Readonly<
  Record<string, (...operands: Expression[]) => Expression>
>;

/** A call of the function of that name, undefined where it takes no such operands. */
function rebuild(name: string, operands: readonly Expression[]): Expression | undefined {
  if (name !== 'polygamma') return builders[name]!(...operands);
  // The order is a plain number for its builder.
  const [order, x] = operands;
  return order?.kind === 'constant' && Number.isInteger(order.value)
    ? scalarFunctions.polygamma(order.value, x!)
    : undefined;
}
