import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type GpuMode, gpuBackend } from '@reparam/tensor/gpu';
import { alignColumns } from '../table.ts';
import { climb, type Rung, worthwhileFrom } from './ladder.ts';

/** `npm run bench:gpu`: square matrix products by every kernel of a device, next to those of the CPU. */
const { values } = parseArgs({
  options: {
    mode: { type: 'string', default: 'webgpu' },
    sizes: { type: 'string', default: '64,128,256,512,1024' },
    seconds: { type: 'string', default: '0.5' },
    peak: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(`npm run bench:gpu -- [--mode webgpu|webasm|cpu]  how gpu.js runs (webgpu)
                     [--sizes N,N,…]              rows and columns (${values.sizes})
                     [--seconds S]                for each measurement (${values.seconds})
                     [--peak GFLOPS]              what the device can do in float32, to print shares of it
                     [--json FILE]                also write the figures`);
  process.exit(0);
}
const sizes = values.sizes.split(',').map(Number);
const [seconds, peak] = [Number(values.seconds), values.peak === undefined ? undefined : Number(values.peak)];
if (
  !(seconds > 0) ||
  !sizes.every((size) => Number.isInteger(size) && size > 0) ||
  (peak !== undefined && !(peak > 0))
) {
  console.error(
    '--seconds and --peak are numbers above 0, --sizes whole numbers above 0 with commas between.',
  );
  process.exit(1);
}

const backend = await gpuBackend({ mode: values.mode as GpuMode });
console.log(
  `${backend.mode}: ${backend.description}\nCPU: ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`,
);
const milliseconds = (time: number): string => (time === 0 ? '' : `${time.toPrecision(3)} ms`);
const cells = ({ size, kernel, upload, run, read, rate, error }: Rung): string[] => [
  `${size}²`,
  kernel,
  milliseconds(upload),
  milliseconds(run),
  milliseconds(read),
  `${rate.toPrecision(3)} GFLOP/s`,
  peak === undefined || kernel.startsWith('CPU') ? '' : `${((100 * rate) / peak).toFixed(1)} %`,
  error === 0 ? 'exact' : error.toExponential(1),
];
const rungs = await climb(backend.device, {
  sizes,
  seconds,
  onRung: ({ size, kernel }) => process.stderr.write(`\r${size}² ${kernel}${' '.repeat(20)}`),
});
process.stderr.write(`\r${' '.repeat(40)}\r`);
const heading = ['size', 'kernel', 'upload', 'run', 'read', 'rate of the run', 'of peak', 'error/√K'];
console.log(alignColumns([heading, ...rungs.map(cells)], [0, 2, 3, 4, 5, 6]));
const say = (what: string, from: number | undefined): void =>
  console.log(
    `${what}: ${from === undefined ? 'at no size up to the largest measured' : `from ${from}² on`}`,
  );
console.log();
say(
  'the device is faster than this CPU, with data that is there already',
  worthwhileFrom(rungs, ({ run }) => run),
);
say(
  'with the way there and back for every product',
  worthwhileFrom(rungs, ({ upload, run, read }) => upload + run + read),
);
if (values.json !== undefined) {
  const machine = { mode: backend.mode, device: backend.description, cpu: cpus()[0]?.model ?? 'unknown' };
  writeFileSync(values.json, `${JSON.stringify({ machine, rungs }, null, 2)}\n`);
}
await backend.destroy();
