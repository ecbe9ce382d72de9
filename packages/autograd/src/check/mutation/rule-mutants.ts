import { ones, type Shape } from '@reparam/tensor';
import type { RuleContext, Rules } from '../../operation.ts';
import type { TapeNode } from '../../tape.ts';
import { stopGradient } from '../../transforms.ts';
import { Variable } from '../../variable.ts';
import { corruptions } from './corruptions.ts';
import type { Mutant } from './mutant.ts';
import { floatingInputs, noDerivativeBy } from './rule-numbers.ts';

type Context = RuleContext<unknown>;
type Vjp = Rules<unknown>['vjp'];
type Jvp = Rules<unknown>['jvp'];

/**
 * The mistakes that can be made in any rule. `nodes` are places where it was used: they tell how many inputs it has,
 * and of which shapes.
 */
export function ruleMutants(rules: Rules<unknown>, nodes: readonly TapeNode[]): Mutant[] {
  return [...reverseMutants(rules, nodes), ...forwardMutants(rules, nodes)];
}

const readsNoInputs = (): string => 'the derivative does not depend on the inputs';
const readsNoOptions = (): string => 'the derivative does not depend on the options';

function reverseMutants(rules: Rules<unknown>, nodes: readonly TapeNode[]): Mutant[] {
  const vjp = rules.vjp.bind(rules);
  const floating = floatingInputs(nodes);
  const spoil = (mutation: string, replaced: Vjp): Mutant => ({ mutation, replacement: { vjp: replaced } });
  const only =
    (input: number, wrong: Vjp): Vjp =>
    (index, cotangent, context) =>
      (index === input ? wrong : vjp)(index, cotangent, context);
  const perInput = floating.flatMap((input) => {
    const title = `cotangent of input ${input}`;
    const shapes = nodes.flatMap(({ inputs }) => (inputs[input] ? [inputs[input].shape] : []));
    const flat = (): string | undefined => noDerivativeBy(rules, nodes, input);
    return [
      {
        ...spoil(
          `${title} dropped`,
          only(input, () => undefined),
        ),
        excuse: flat,
      },
      ...corruptions
        .filter(({ applies }) => shapes.some(applies))
        .map(({ name, applies, corrupt, excuse, hidden }) => ({
          ...spoil(
            `${title} ${name}`,
            only(input, (index, cotangent, context) =>
              corruptWhere(applies, corrupt, vjp(index, cotangent, context)),
            ),
          ),
          excuse: () => flat() ?? excuse,
          ...(hidden !== undefined && { hidden }),
        })),
    ];
  });
  const swaps = floating.slice(1).map((input, k) => {
    const other = floating[k]!;
    const swapped = (index: number, { inputs }: Context): number => {
      if (inputs.length <= input) return index;
      if (index === input) return other;
      return index === other ? input : index;
    };
    return {
      ...spoil(`cotangents of inputs ${other} and ${input} swapped`, (index, cotangent, context) =>
        vjp(swapped(index, context), cotangent, context),
      ),
      excuse: () => 'both inputs have the same cotangent',
    };
  });
  return [
    ...perInput,
    ...swaps,
    spoil('chain rule forgotten: the arriving cotangent taken as ones', (index, cotangent, context) =>
      vjp(index, new Variable(ones(cotangent.shape, { dtype: cotangent.dtype })), context),
    ),
    ...(floating.length > 1
      ? [
          {
            ...spoil('accumulation forgotten: an argument passed twice gets one cotangent', once(vjp)),
            repeatedArgumentOnly: true,
            excuse: () => neverTwice(rules, nodes, floating),
          },
        ]
      : []),
    ...(rules.broadcasts && nodes.some(({ inputs }) => inputs.length > 1)
      ? [{ mutation: 'broadcasting not undone', replacement: { broadcasts: false } }]
      : []),
    ...otherOptions(nodes).map((parameters) => ({
      ...spoil('options of another call used in the vjp', (index, cotangent, context) =>
        vjp(index, cotangent, { ...view(context), parameters }),
      ),
      excuse: readsNoOptions,
    })),
    {
      ...spoil('vjp not differentiable by the inputs', (index, cotangent, context) =>
        vjp(index, cotangent, detached(context)),
      ),
      secondOrderOnly: true,
      excuse: readsNoInputs,
    },
    {
      ...spoil('vjp not differentiable by the cotangent', (index, cotangent, context) =>
        vjp(index, stopGradient(cotangent), context),
      ),
      secondOrderOnly: true,
    },
  ];
}

function forwardMutants(rules: Rules<unknown>, nodes: readonly TapeNode[]): Mutant[] {
  const jvp = rules.jvp.bind(rules);
  const shapes = nodes.map(({ output }) => output.shape);
  const spoil = (mutation: string, replaced: Jvp): Mutant => ({ mutation, replacement: { jvp: replaced } });
  return [
    ...corruptions
      .filter(({ applies }) => shapes.some(applies))
      .map(({ name, applies, corrupt, excuse }) => ({
        ...spoil(`tangent ${name}`, (tangents, context) =>
          corruptWhere(applies, corrupt, jvp(tangents, context)),
        ),
        excuse: () => excuse,
      })),
    ...floatingInputs(nodes).map((input) => ({
      ...spoil(`tangent of input ${input} forgotten`, (tangents, context) => {
        const rest = tangents.map((tangent, i) => (i === input ? undefined : tangent));
        return rest.some((tangent) => tangent) ? jvp(rest, context) : undefined;
      }),
      excuse: () => noDerivativeBy(rules, nodes, input),
    })),
    ...otherOptions(nodes).map((parameters) => ({
      ...spoil('options of another call used in the jvp', (tangents, context) =>
        jvp(tangents, { ...view(context), parameters }),
      ),
      excuse: readsNoOptions,
    })),
    {
      ...spoil('jvp not differentiable by the inputs', (tangents, context) =>
        jvp(tangents, detached(context)),
      ),
      secondOrderOnly: true,
      excuse: readsNoInputs,
    },
    {
      ...spoil('jvp not differentiable by the tangents', (tangents, context) =>
        jvp(
          tangents.map((tangent) => tangent && stopGradient(tangent)),
          context,
        ),
      ),
      secondOrderOnly: true,
    },
  ];
}

function corruptWhere(
  applies: (shape: Shape) => boolean,
  corrupt: (x: Variable) => Variable,
  x: Variable | undefined,
): Variable | undefined {
  return x && applies(x.shape) ? corrupt(x) : x;
}

/** Gives each input of a node one cotangent in a backward pass, however often it is used there. */
function once(vjp: Vjp): Vjp {
  const served = new WeakMap<Variable, Map<Variable, number>>();
  return (index, cotangent, context) => {
    const seen = served.get(cotangent) ?? new Map<Variable, number>();
    served.set(cotangent, seen);
    const input = context.inputs[index]!;
    const first = seen.get(input) ?? index;
    seen.set(input, first);
    return first === index ? vjp(index, cotangent, context) : undefined;
  };
}

/** Parameters of the first and of the last use, where they differ: each would do for the other's place. */
function otherOptions(nodes: readonly TapeNode[]): unknown[] {
  const [first, last] = [nodes[0]?.parameters, nodes.at(-1)?.parameters];
  return JSON.stringify(first) === JSON.stringify(last) ? [] : [first];
}

function view({ inputs, output, parameters }: Context): Context {
  return { inputs, output, parameters };
}

function detached({ inputs, output, parameters }: Context): Context {
  return { inputs: inputs.map((x) => stopGradient(x)), output: stopGradient(output), parameters };
}

/** Why no argument can be passed twice and get two cotangents. */
function neverTwice(
  rules: Rules<unknown>,
  nodes: readonly TapeNode[],
  floating: readonly number[],
): string | undefined {
  const moving = floating.filter((input) => noDerivativeBy(rules, nodes, input) === undefined);
  if (moving.length < 2) return 'only one input has a derivative';
  const fitting = nodes.some(({ inputs }) => {
    const shapes = moving.flatMap((input) => (inputs[input] ? [String(inputs[input].shape)] : []));
    return new Set(shapes).size < shapes.length;
  });
  return fitting ? undefined : 'no sample has two inputs of one shape';
}
