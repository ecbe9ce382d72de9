import { type BackwardStep, formatBytes, type InputVerdict, type TensorSummary } from '@reparam/autograd';
import { formatShape } from '@reparam/tensor';
import { wrapBeside } from '../terminal/wrap.ts';
import { clip, formatFigure } from './cells.ts';
import type { Paint, Style } from './paint.ts';

/** How a step is shown. */
export interface View {
  readonly columns: number;
  readonly paint: Paint;
}

const margin = '  ';
const labelWidth = 13;
const figureWidth = 10;
const figures = ['min', 'max', 'mean', 'norm'] as const;

/** Whether a step has NaN or infinities, or a rule that finite differences disagree with. */
export function isSuspect(step: BackwardStep): boolean {
  const tensors = [step.output, step.cotangent, ...step.operands.flatMap((each) => each.contribution ?? [])];
  return tensors.some(({ nan, infinite }) => nan + infinite > 0) || step.verdict.kind === 'differs';
}

/** One step of a backward pass as lines: what was computed, the cotangent that arrives, and where it goes. */
export function renderStep(step: BackwardStep, view: View): string[] {
  const { paint, columns } = view;
  const call = `${step.operation}(${step.operands.map(({ name }) => name).join(', ')})`;
  const text = (label: string, value: string | undefined): string[] =>
    value === undefined ? [] : wrapLabelled(label, value, view);
  return [
    margin + paint('bold', clip(`${step.name} = ${call}`, columns - margin.length - 1)),
    '',
    ...text('formula', step.formula),
    ...text('derivative', step.derivative),
    ...text('on the tape', `${formatBytes(step.bytes)} kept`),
    '',
    ...renderTable(step, view),
    '',
    ...renderVerdict(step, view),
  ];
}

function wrapLabelled(label: string, value: string, { columns, paint }: View): string[] {
  const [first, ...rest] = wrapBeside('', value, labelWidth, columns - margin.length).split('\n');
  const head = paint('dim', label.padEnd(labelWidth));
  return [margin + head + first!.slice(labelWidth), ...rest.map((line) => margin + line)].map((line) =>
    line.trimEnd(),
  );
}

/** Tensors in rows: what went in, what came out, the cotangent that arrives and what it becomes for each input. */
function renderTable(step: BackwardStep, view: View): string[] {
  const heading = (title: string): string[] => [margin + view.paint('cyan', title)];
  const contributions = step.operands.flatMap(({ name, contribution }) =>
    contribution ? renderTensor(`→ ${name}`, contribution, view) : [],
  );
  return [
    view.paint('dim', renderRow(['', '', ...figures], view)),
    ...heading('forward'),
    ...step.operands.flatMap(({ name, value }) => renderTensor(name, value, view)),
    ...renderTensor(`→ ${step.name}`, step.output, view),
    ...heading('backward'),
    ...renderTensor(`cotangent of ${step.name}`, step.cotangent, view),
    ...(contributions.length === 0 ? [`${margin}${margin}→ nothing`] : contributions),
  ];
}

function renderRow([label, shape, ...numbers]: readonly string[], { columns }: View): string {
  const numbersWidth = figureWidth * figures.length;
  const room = Math.min(columns, 100) - 1 - 2 * margin.length - numbersWidth;
  const shapeWidth = Math.ceil(room / 2);
  const cells = [
    clip(label!, room - shapeWidth - 1).padEnd(room - shapeWidth),
    clip(shape!, shapeWidth).padEnd(shapeWidth),
  ];
  return `${margin}${margin}${cells.join('')}${numbers.map((each) => each.padStart(figureWidth)).join('')}`.trimEnd();
}

function renderTensor(label: string, tensor: TensorSummary, view: View): string[] {
  const { nan, infinite, shape, dtype } = tensor;
  const numbers = figures.map((figure) => {
    const value = tensor[figure];
    return value === undefined ? '–' : formatFigure(value);
  });
  const row = renderRow([label, `${dtype} ${formatShape(shape)}`, ...numbers], view);
  if (nan + infinite === 0) return [row];
  const found = [...(nan > 0 ? [`${nan} NaN`] : []), ...(infinite > 0 ? [`${infinite} infinite`] : [])];
  return [row, view.paint('red', `${margin}${margin}${margin}↑ ${found.join(', ')}`)];
}

const marks: Readonly<Record<BackwardStep['verdict']['kind'], readonly [mark: string, style: Style]>> = {
  agrees: ['✓', 'green'],
  'at a kink': ['~', 'yellow'],
  differs: ['✗', 'red'],
  'not checked': ['–', 'dim'],
};

const explanations = {
  agrees: 'The rule agrees with finite differences.',
  'at a kink': 'At a kink: the rule gives a slope between those to the two sides.',
  differs: 'The rule DIFFERS from finite differences.',
} as const;

function renderVerdict({ verdict, operands }: BackwardStep, view: View): string[] {
  const { paint } = view;
  const [mark, style] = marks[verdict.kind];
  if (verdict.kind === 'not checked') {
    const lines = wrapBeside(`${mark} `, `Not checked: ${verdict.reason}.`, 2, view.columns - margin.length);
    return lines.split('\n').map((line) => margin + paint(style, line));
  }
  return [
    margin +
      paint(style, `${mark} ${explanations[verdict.kind]}`) +
      (verdict.precision === 'float32' ? paint('dim', ' (in single precision, to 1e-2)') : ''),
    paint('dim', renderComparison(['for a random direction', 'by the rule', 'by differences', 'error'])),
    ...verdict.inputs.map((each) => renderComparison(comparisonOf(each, operands))),
  ];
}

function comparisonOf(
  { input, derived, difference, error }: InputVerdict,
  operands: BackwardStep['operands'],
): string[] {
  const where = input === undefined ? 'all inputs together' : operands[input]!.name;
  const measured =
    typeof difference === 'number' ? difference.toPrecision(9) : difference.map(formatFigure).join(' … ');
  return [where, derived.toPrecision(9), measured, error.toExponential(0)];
}

function renderComparison([where, derived, difference, error]: readonly string[]): string {
  const cells = [
    clip(where!, 27).padEnd(27),
    derived!.padStart(16),
    difference!.padStart(24),
    error!.padStart(8),
  ];
  return `${margin}${margin}${cells.join('')}`;
}
