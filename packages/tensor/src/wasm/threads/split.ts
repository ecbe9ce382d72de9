/** What one part of a split covers: positions from `from` up to but not including `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * The positions 0 … count − 1 in at most `parts` ranges of about the same length, each beginning at a multiple of
 * `multiple`; none is empty, so that of nothing there are none.
 */
export function splitRange(count: number, parts: number, multiple = 1): Range[] {
  const groups = Math.ceil(count / multiple);
  const used = Math.min(groups, Math.max(1, parts));
  const start = (part: number): number => Math.min(count, Math.floor((part * groups) / used) * multiple);
  return Array.from({ length: used }, (_, part) => ({ from: start(part), to: start(part + 1) }));
}
