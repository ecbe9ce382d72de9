import type { Layout, SliceWindow } from '../../layout.ts';
import { type Shape, sizeOf } from '../../shape.ts';
import { type Kernel, kernelFunction, operandName } from '../kernel.ts';
import { numberText } from '../source/formula.ts';
import { coordinateTexts, sumText } from '../source/positions.ts';

/** A source and where it goes. */
export interface Placing {
  readonly view: Layout;
  readonly window: SliceWindow;
}

/** What is where no source goes: a number, or the element of operand 0. */
export type Background = { readonly fill: number } | 'operand';

/**
 * Sources written over a background, later ones over earlier ones. Each element of the result asks which source it
 * is in. `truncates` cuts fractions off, as int32 does.
 */
export function copyKernel(
  placings: readonly Placing[],
  shape: Shape,
  background: Background,
  truncates: boolean,
): Kernel {
  const coordinates = coordinateTexts(shape, 'this.thread.x');
  const first = background === 'operand' ? 1 : 0;
  const written = (text: string): string => (truncates ? `towardZero(${text})` : text);
  const lines: string[] = [];
  // Those that were placed last are asked first; none is asked after one that fills all.
  let filled = false;
  for (let i = placings.length - 1; i >= 0 && !filled; i--) {
    const { view, window } = placings[i]!;
    const { text, isInside } = positionIn(view, window, shape, coordinates);
    const value = `return ${written(`${operandName(first + i)}[${text}]`)};`;
    filled = isInside.length === 0;
    lines.push(filled ? value : `if (${isInside.join(' && ')}) { ${value} }`);
  }
  const rest = background === 'operand' ? `${operandName(0)}[this.thread.x]` : numberText(background.fill);
  const body = [...lines, ...(filled ? [] : [`return ${written(rest)};`])].join('\n');
  const operands = first + placings.length;
  return { name: 'copy', source: kernelFunction(operands, body), size: sizeOf(shape), operands };
}

/** Where the source of a coordinate lies, and on what condition there is one: i = (c − start)/step, 0 ≤ i < length. */
function positionIn(
  view: Layout,
  { start, step }: SliceWindow,
  shape: Shape,
  coordinates: readonly string[],
): { text: string; isInside: string[] } {
  const isInside: string[] = [];
  let { offset } = view;
  const terms: { text: string; factor: number }[] = [];
  view.shape.forEach((length, axis) => {
    const [from, by, stride] = [start[axis]!, step[axis]!, view.strides[axis]!];
    const to = from + (length - 1) * by;
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    const at = coordinates[axis]!;
    if (low > 0) isInside.push(`${at} >= ${low}`);
    if (high < shape[axis]! - 1) isInside.push(`${at} <= ${high}`);
    if (length === 1) return;
    const gap = Math.abs(by);
    if (gap !== 1) isInside.push(`remainder(${at} - ${low}, ${gap}) == 0`);
    // Counted from the lowest coordinate, where a walk backwards ends.
    const text = gap === 1 ? `(${at} - ${low})` : `quotient(${at} - ${low}, ${gap})`;
    if (by > 0) terms.push({ text, factor: stride });
    else {
      offset += (length - 1) * stride;
      terms.push({ text, factor: -stride });
    }
  });
  return { text: sumText(offset, terms), isInside };
}
