import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { groups } from './groups.ts';
import { measure } from './suite.ts';
import { formatGroup } from './table.ts';

/** `npm run bench`: kernels and training steps side by side. Times drift between runs, ratios of one run do not. */
const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(
    'npm run bench -- [--seconds S]  time for each case (1)\n                 [--json FILE]  also write the figures; - for standard output alone',
  );
  process.exit(0);
}
const seconds = Number(values.seconds);
if (!(seconds > 0)) {
  console.error(`--seconds is ${values.seconds}; it must be a number above 0.`);
  process.exit(1);
}
const quiet = values.json === '-';
const machine = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
};
if (!quiet)
  console.log(`Node ${machine.node}, ${machine.cpu}; medians, ratios against the first line of each group\n`);
const measurements = groups.flatMap((create) => {
  const measured = measure(create(), seconds);
  if (!quiet) console.log(`${formatGroup(measured)}\n`);
  return measured;
});
if (values.json !== undefined) {
  const text = `${JSON.stringify({ machine, measurements }, null, 2)}\n`;
  if (quiet) process.stdout.write(text);
  else writeFileSync(values.json, text);
}
