import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Respondent } from '../processes/respondent.ts';
import { alignColumns } from '../table.ts';
import { type Bound, bounds } from './bound.ts';
import { type Contestant, contestants } from './contestants.ts';
import { formatAllocation, formatOverhead, formatProfile, formatRace } from './format.ts';
import { type LayoutName, layoutNames, layouts } from './layouts.ts';
import type { Allocation, Profile } from './ours.ts';
import { createProblem, writeProblem } from './problem.ts';
import { race } from './race.ts';

/** `npm run bench:vae`: a training step of three models, ours and others', each in a process of its own. */
const { values } = parseArgs({
  options: {
    layout: { type: 'string', multiple: true, default: [...layoutNames] },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    bound: { type: 'string' },
    profile: { type: 'boolean', default: false },
    allocation: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  console.log(
    alignColumns([
      ['npm run bench:vae --', ''],
      ['  --layout NAME', `one of ${layoutNames.join(', ')}; all unless told, may be repeated`],
      ['  --only PATTERN', 'those whose names match this regular expression'],
      ['  --seconds S', 'of each turn (1)'],
      ['  --rounds N', 'turns for everybody, one after the other (3)'],
      ['  --bound FILE', 'also a program with the first layout written by hand'],
      ['  --profile', 'also what each instruction of our compiled step takes'],
      ['  --allocation N', 'also what N of our compiled steps leave on the heap'],
    ]),
  );
  process.exit(0);
}

const [seconds, rounds] = [requirePositive('seconds'), requirePositive('rounds')];
for (const name of values.layout) {
  if (!layoutNames.includes(name as LayoutName)) fail(`--layout ${name}: choose ${layoutNames.join(', ')}.`);
}
const wanted = new RegExp(values.only);
const field = contestants().filter(({ name }) => wanted.test(name));
const byHand = (values.bound === undefined ? [] : bounds(values.bound)).filter(({ name }) =>
  wanted.test(name),
);

const load = loadavg().map((each) => each.toFixed(1));
console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load average ${load.join(', ')}`);
const folder = mkdtempSync(join(tmpdir(), 'reparam-bench-'));
try {
  for (const name of values.layout as LayoutName[]) await benchLayout(name);
} finally {
  rmSync(folder, { recursive: true });
}

async function benchLayout(layout: LayoutName): Promise<void> {
  const problem = createProblem(layout);
  const path = join(folder, `${layout}.safetensors`);
  writeProblem(path, problem);
  const applying: readonly Bound[] = layout === layoutNames[0] ? byHand : [];
  const results = await race(problem, path, field, applying, { seconds, rounds });
  console.log(
    `\n${layouts[layout].title}: loss ${problem.losses[0]!.toFixed(3)} for all\n${formatRace(results)}`,
  );
  const compiled = field.find(({ name }) => name.startsWith('reparam compiled'));
  if (compiled === undefined) return;
  await withRespondent(compiled, path, layout, async (respondent) => {
    const profile = (await respondent.ask('profile', 50)) as Profile;
    console.log(formatOverhead(compiled.name, profile));
    if (values.profile) console.log(formatProfile(profile));
    if (values.allocation === undefined) return;
    const steps = requirePositive('allocation');
    console.log(formatAllocation((await respondent.ask('allocation', steps)) as Allocation));
  });
}

async function withRespondent(
  { command }: Contestant,
  path: string,
  layout: LayoutName,
  use: (respondent: Respondent) => Promise<void>,
): Promise<void> {
  const line = command(path, layout);
  if (typeof line === 'string') return;
  const respondent = new Respondent(line);
  await respondent.answer();
  await respondent.ask('time', 1);
  await use(respondent);
  respondent.end();
}

function requirePositive(name: 'seconds' | 'rounds' | 'allocation'): number {
  const number = Number(values[name]);
  if (!(number > 0)) fail(`--${name} is ${values[name]}; it must be a number above 0.`);
  return number;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
