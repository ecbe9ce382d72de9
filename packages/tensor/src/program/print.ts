import { formatExpression } from '../expression/format.ts';
import { isContiguous } from '../layout.ts';
import { contiguousStrides, formatShape, sameShape } from '../shape.ts';
import type { Instruction, MapOutput, Operation, Program, Source, Value, View } from './program.ts';

/** Names values in the order in which a program has them: %0, %1, … */
export function namesOf(program: Program): Map<Value, string> {
  const values = [
    ...program.sources.map(({ value }) => value),
    ...program.instructions.flatMap(({ results }) => results),
  ];
  return new Map(values.map((value, i) => [value, `%${i}`]));
}

const shortTypes = { float32: 'f32', float64: 'f64', int32: 'i32' } as const;

export function typeOf({ shape, dtype }: Value): string {
  return `${shortTypes[dtype]}${formatShape(shape)}`;
}

export function describeSource(source: Source): string {
  switch (source.kind) {
    case 'input':
      return `input ${source.position}`;
    case 'state':
      return `state ${source.name}`;
    case 'varying':
      return 'varying';
    case 'constant':
      return source.tensor.size === 1 ? `constant ${source.tensor.item()}` : 'constant';
  }
}

function describeOutput({ expression, reduction }: MapOutput): string {
  const formula = formatExpression(expression);
  return reduction ? `${reduction.kind} over ${reduction.axes.join(', ')} of ${formula}` : formula;
}

/** What an operation does beside its name and operands, with a space before it. */
export function attributes(operation: Operation): string {
  switch (operation.kind) {
    case 'map':
      return ` ${operation.outputs.map(describeOutput).join('; ')}`;
    case 'matmul':
      return operation.epilogue ? `, then ${formatExpression(operation.epilogue)}` : '';
    case 'reduce':
      return ` ${operation.reduction} over ${operation.axes.join(', ')}`;
    case 'gather':
    case 'scatterAdd':
      return ` along ${operation.axis}`;
    case 'random':
      return ` ${operation.random} with key ${operation.key}`;
    case 'triangularSolve':
      return operation.triangle.lower ? ' lower' : ' upper';
    case 'copy':
      return operation.windows.every(({ start }) => start.every((each) => each === 0))
        ? ''
        : ` at ${operation.windows.map(({ start }) => formatShape(start)).join(', ')}`;
    default:
      return '';
  }
}

/** `%3`, or with how it is looked at where that is not as it lies: `%3ᵀ`, `%3[128, 400; 0, 1]`. */
export function describeView(view: View, names: ReadonlyMap<Value, string>): string {
  const name = names.get(view.value)!;
  if (sameShape(view.shape, view.value.shape) && isContiguous(view) && view.offset === 0) return name;
  const whole = view.value.shape;
  if (whole.length === 2 && view.shape.length === 2 && view.offset === 0) {
    const [rows, columns] = contiguousStrides(whole) as [number, number];
    if (view.strides[0] === columns && view.strides[1] === rows && view.shape[0] === whole[1])
      return `${name}ᵀ`;
  }
  const strides = isContiguous(view) ? '' : `; ${view.strides.join(', ')}`;
  const offset = view.offset === 0 ? '' : ` + ${view.offset}`;
  return `${name}[${view.shape.join(', ')}${strides}${offset}]`;
}

export function describeInstruction(
  { operation, operands }: Pick<Instruction, 'operation' | 'operands'>,
  names: ReadonlyMap<Value, string>,
): string {
  const shown = operands.map((view) => describeView(view, names)).join(', ');
  return `${operation.kind}${shown === '' ? '' : ` ${shown}`}${attributes(operation)}`;
}

/** A program as text: sources, instructions, then what comes out and what states become. */
export function formatProgram(program: Program): string {
  const names = namesOf(program);
  const line = (values: readonly Value[], what: string): string => {
    const [named, types] = [values.map((value) => names.get(value)!), values.map(typeOf)];
    return `${named.join(', ').padStart(4)}: ${types.join(', ').padEnd(14)} = ${what}`;
  };
  const results = program.outputs.map((view) => describeView(view, names)).join(', ');
  return [
    ...program.sources.map(({ value, source }) => line([value], describeSource(source))),
    ...program.instructions.map((instruction) =>
      line(instruction.results, describeInstruction(instruction, names)),
    ),
    `return ${results === '' ? 'nothing' : results}`,
    ...program.updates.map(({ state, next }) => {
      const { source } = program.sources.find(({ value }) => value === state)!;
      return `${source.kind === 'state' ? source.name : names.get(state)} ← ${describeView(next, names)}`;
    }),
  ].join('\n');
}
