import { alignColumns } from '../table.ts';
import type { Allocation, Profile } from './ours.ts';
import type { Result } from './race.ts';

/** Everybody's step, and how many times as long it takes as that of the first compiled one. */
export function formatRace(results: readonly Result[]): string {
  const unit = results.find(
    ({ name, median }) => median !== undefined && name.startsWith('reparam compiled'),
  );
  const rows = results.map(({ name, median, fastest, introduction, remark }) => {
    if (median === undefined) return [name, remark!.slice(0, 120)];
    const { version, compileMilliseconds, arenaBytes } = introduction ?? {};
    const remarks = [
      ...(version === undefined ? [] : [version]),
      ...(compileMilliseconds === undefined ? [] : [`compiled in ${compileMilliseconds.toFixed(0)} ms`]),
      ...(arenaBytes === undefined ? [] : [`arena ${(arenaBytes / 2 ** 20).toFixed(1)} MiB`]),
    ];
    const ratio = unit ? `${(median / unit.median!).toFixed(2)}×` : '';
    return [
      name,
      `${milliseconds(median)} ms`,
      ratio,
      `fastest ${milliseconds(fastest!)}`,
      remarks.join(', '),
    ];
  });
  return alignColumns(rows, [1, 2, 3]);
}

function milliseconds(time: number): string {
  return time < 100 ? time.toFixed(2) : time.toFixed(0);
}

export function formatOverhead(name: string, { step, kernels }: Profile): string {
  const outside = step - kernels;
  return (
    `${name}: a step takes ${step.toFixed(3)} ms, of which its instructions ${kernels.toFixed(3)} ms; ` +
    `${outside.toFixed(3)} ms (${((100 * outside) / step).toFixed(1)} %) are spent outside of kernels.`
  );
}

/** What instructions of each kind take, then all of them, those that take longest first. */
export function formatProfile({ instructions }: Profile): string {
  const total = sum(instructions.map((each) => each.milliseconds));
  const cells = (time: number, text: string): string[] => [
    `${(1e3 * time).toFixed(0)} µs`,
    `${((100 * time) / total).toFixed(1)} %`,
    text.slice(0, 120),
  ];
  const slowestFirst = [...instructions].sort((a, b) => b.milliseconds - a.milliseconds);
  const kinds = [...new Set(slowestFirst.map(({ kind }) => kind))].map((kind) => {
    const times = instructions.filter((each) => each.kind === kind).map((each) => each.milliseconds);
    return cells(sum(times), `${times.length} × ${kind}`);
  });
  const rows = [...kinds, ['', '', ''], ...slowestFirst.map((each) => cells(each.milliseconds, each.text))];
  return alignColumns(rows, [0, 1]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function formatAllocation({ steps, kept, perStep }: Allocation): string {
  return (
    `${steps} steps leave ${(kept / 1024).toFixed(1)} KiB on the heap; ` +
    `one allocates ${(perStep / 1024).toFixed(1)} KiB of short-lived objects.`
  );
}
