import type { BackwardStep, BackwardTrace } from '@reparam/autograd';
import { formatShape } from '@reparam/tensor';
import { formatCount } from '../terminal/format.ts';
import { clip, formatFigure } from './cells.ts';
import { isSuspect, renderStep, type View } from './render-step.ts';

/** `──── step 3 of 27 ───…` */
export function renderRule(title: string, { columns, paint }: View): string {
  return paint('dim', `──── ${title} `.padEnd(columns - 1, '─'));
}

/** One step of a trace, under its number. */
export function renderNumberedStep({ steps }: BackwardTrace, at: number, view: View): string {
  return [renderRule(`step ${at + 1} of ${steps.length}`, view), ...renderStep(steps[at]!, view)].join('\n');
}

/** All of a trace as text: every step, the gradients, and which steps deserve a look. */
export function renderTrace(trace: BackwardTrace, view: View): string {
  return [
    ...trace.steps.map((_, at) => `${renderNumberedStep(trace, at, view)}\n`),
    renderRule('gradients', view),
    ...renderGradients(trace),
    '',
    renderRule('summary', view),
    ...renderSummary(trace.steps, view),
  ].join('\n');
}

function renderGradients({ gradients }: BackwardTrace): string[] {
  const row = (cells: readonly string[]): string =>
    `  ${clip(cells[0]!, 30).padEnd(32)}${cells[1]!.padEnd(24)}${cells[2]!.padStart(10)}`;
  return [
    row(['leaf', 'shape', 'norm']),
    ...gradients.map(({ name, gradient }) =>
      row([name, `${gradient.dtype} ${formatShape(gradient.shape)}`, formatFigure(gradient.norm)]),
    ),
  ];
}

/** How many steps agree with finite differences, and the others by number. */
function renderSummary(steps: readonly BackwardStep[], { paint }: View): string[] {
  const ofKind = (kind: BackwardStep['verdict']['kind']): readonly BackwardStep[] =>
    steps.filter(({ verdict }) => verdict.kind === kind);
  const list = (found: readonly BackwardStep[]): string =>
    found.map(({ position, operation }) => `step ${position + 1} (${clip(operation, 30)})`).join(', ');
  const differing = ofKind('differs');
  const notFinite = steps.filter((step) => isSuspect(step) && step.verdict.kind !== 'differs');
  return [
    `  ${formatCount(steps.length, 'step')}: agree ${ofKind('agrees').length}, at a kink ${ofKind('at a kink').length}, ` +
      `not checked ${ofKind('not checked').length}, differ ${differing.length}.`,
    ...(differing.length > 0 ? [paint('red', `  Differs from finite differences: ${list(differing)}.`)] : []),
    ...(notFinite.length > 0 ? [paint('red', `  Not finite: ${list(notFinite)}.`)] : []),
  ];
}
