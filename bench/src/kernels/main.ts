import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { alignColumns } from '../table.ts';
import { eagerTasks } from './eager.ts';
import { Ladder, type Timing } from './ladder.ts';
import { operationsOf, products, productTitle } from './products.ts';
import { type Point, renderRoofline } from './roofline.ts';
import { elements, type Subject } from './subject.ts';
import { subjects } from './subjects.ts';
import { teams } from './teams.ts';

/** `npm run bench:kernels`: every kernel on every engine that is there, next to what others have. */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '0.5' },
    only: { type: 'string', default: '' },
    svg: { type: 'string', default: 'roofline.svg' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  console.log(
    alignColumns([
      ['npm run bench:kernels --', ''],
      ['  --seconds S', 'for each measurement (0.5)'],
      ['  --only PATTERN', 'those whose titles match this regular expression'],
      ['  --svg FILE', 'where the roofline goes (roofline.svg)'],
    ]),
  );
  process.exit(0);
}
const seconds = Number(values.seconds);
if (!(seconds > 0)) {
  console.error(`--seconds is ${values.seconds}; it must be a number above 0.`);
  process.exit(1);
}
const wanted = new RegExp(values.only);

const load = loadavg().map((each) => each.toFixed(1));
console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load average ${load.join(', ')}`);
const ladder = await Ladder.start(teams(seconds));
for (const absence of ladder.absences) console.log(`not here: ${absence}`);
const peaks = ladder.introductions.flatMap(({ peak }) => (peak === undefined ? [] : [peak]));
const bandwidth = ladder.introductions.find((each) => each.bandwidth)!.bandwidth!;
console.log(
  `peaks of one thread: ${peaks.map((peak) => `${peak.toFixed(1)} GFLOP/s`).join(', ')}; ` +
    `${bandwidth.cache.toFixed(0)} GB/s from the second-level cache, ${bandwidth.memory.toFixed(0)} GB/s from memory`,
);

const points: Point[] = [];
for (const [position, shape] of products.entries()) {
  const title = productTitle(shape);
  if (!wanted.test(title)) continue;
  const timings = await ladder.multiply(position);
  const operations = operationsOf(shape);
  print(title, timings, ({ milliseconds, peak }) => {
    const rate = operations / milliseconds / 1e6;
    return [`${rate.toFixed(1)} GFLOP/s`, peak ? `${((100 * rate) / peak).toFixed(0)} % of peak` : ''];
  });
  const { rows, depth, columns } = shape;
  const bytes = 4 * (rows * depth + depth * columns + rows * columns);
  points.push(...pointsOf(title, timings, operations, bytes));
}
for (const [position, subject] of subjects.entries()) {
  if (!wanted.test(subject.name)) continue;
  const timings = await ladder.elementwise(position, subject);
  print(`${subject.name}, ${elements} elements`, timings, ({ milliseconds }) => [
    `${((milliseconds * 1e6) / elements).toFixed(2)} ns/element`,
    `${((subject.bytes * elements) / milliseconds / 1e6).toFixed(1)} GB/s`,
  ]);
  points.push(...subjectPoints(subject, timings));
}
for (const [position, { title }] of eagerTasks.entries()) {
  if (wanted.test(title)) print(title, await ladder.eager(position), () => []);
}
ladder.end();
writeFileSync(values.svg, renderRoofline({ peaks, bandwidth, points }));
console.log(`\nwrote ${values.svg}`);

type Timed = Timing & { readonly milliseconds: number };

function print(title: string, timings: readonly Timing[], rates: (timing: Timed) => readonly string[]): void {
  const first = timings.find(({ milliseconds }) => milliseconds !== undefined)?.milliseconds;
  const rows = timings.map((timing) => {
    const { name, milliseconds, fault } = timing;
    if (milliseconds === undefined) return [name, `not timed: ${fault}`];
    const ratio = `${(first! / milliseconds).toFixed(2)}×`;
    return [name, `${milliseconds.toFixed(4)} ms`, ratio, ...rates({ ...timing, milliseconds })];
  });
  console.log(`\n${title}\n${alignColumns(rows, [1, 2, 3, 4])}`);
}

function pointsOf(title: string, timings: readonly Timing[], operations: number, bytes: number): Point[] {
  return timings.flatMap(({ name, milliseconds }) =>
    milliseconds === undefined
      ? []
      : [{ title, way: name, intensity: operations / bytes, rate: operations / milliseconds / 1e6 }],
  );
}

function subjectPoints(subject: Subject, timings: readonly Timing[]): Point[] {
  if (subject.operations === 0) return [];
  return pointsOf(subject.name, timings, subject.operations * elements, subject.bytes * elements);
}
