import type { BackwardStep } from '@reparam/autograd';
import { clip } from './cells.ts';
import type { View } from './render-step.ts';

const longestName = 14;
const arrow = ' ▸ ';

/** The walk around a step on one line, in brackets where it stands: `… ▸ sum ▸ [mul] ▸ softplus ▸ …`. */
export function renderStrip(steps: readonly BackwardStep[], at: number, { columns, paint }: View): string {
  const nameOf = (position: number): string => clip(steps[position]!.operation, longestName);
  let [first, last] = [at, at];
  let width = nameOf(at).length + 2;
  // Room for the margin, and for an … at either end.
  const room = columns - 3 - 2 * (arrow.length + 1);
  const fits = (position: number): boolean => {
    const step = steps[position];
    if (step === undefined || width + arrow.length + nameOf(position).length > room) return false;
    width += arrow.length + nameOf(position).length;
    return true;
  };
  for (let growing = true; growing; ) {
    growing = false;
    if (fits(first - 1)) {
      first--;
      growing = true;
    }
    if (fits(last + 1)) {
      last++;
      growing = true;
    }
  }
  const names = Array.from({ length: last - first + 1 }, (_, i) => {
    const position = first + i;
    return position === at ? paint('bold', `[${nameOf(position)}]`) : paint('dim', nameOf(position));
  });
  const ends = [...(first > 0 ? ['…'] : []), ...names, ...(last < steps.length - 1 ? ['…'] : [])];
  return `  ${ends.join(paint('dim', arrow))}`;
}
