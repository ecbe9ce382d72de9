import { normal, RandomKey, referenceBackend, type Tensor, WasmBackend } from '@reparam/tensor';
import {
  type Device,
  type Kernel,
  type MatmulLayout,
  matmulLayout,
  naiveMatmul,
  tiledMatmul,
  unrolledMatmul,
} from '@reparam/tensor/gpu';
import { median } from '../statistics.ts';

/** A product of two square matrices, one way. Times are medians in milliseconds. */
export interface Rung {
  readonly size: number;
  readonly kernel: string;
  /** Of both operands; 0 where they are in this process already, as is `read`. */
  readonly upload: number;
  readonly run: number;
  readonly read: number;
  /** GFLOP/s of the run alone. */
  readonly rate: number;
  /** Largest difference from the reference backend, next to the root of the number of terms. */
  readonly error: number;
}

export interface LadderOptions {
  readonly sizes: readonly number[];
  /** Time for each measurement, about. A kernel that took ten times as long for one size is not run for larger ones. */
  readonly seconds: number;
  readonly onRung: (rung: Rung) => void;
}

/** The same product by every kernel of a device and by those of the CPU, from small to large. */
export async function climb(device: Device, { sizes, seconds, onRung }: LadderOptions): Promise<Rung[]> {
  const rungs: Rung[] = [];
  const slow = new Set<string>();
  const add = (rung: Rung): void => {
    if (rung.run > 10_000 * seconds) slow.add(rung.kernel);
    rungs.push(rung);
    onRung(rung);
  };
  const wasm = new WasmBackend({ sparesSmall: false });
  const variants: readonly ((layout: MatmulLayout) => Kernel)[] = [
    naiveMatmul,
    unrolledMatmul,
    ...(device.mode === 'webgpu' ? [tiledMatmul] : []),
  ];
  const names = { reference: 'CPU reference', wasm: 'CPU wasm, 1 thread' };
  for (const size of sizes) {
    const [a, b] = [0, 1].map((i) => normal(RandomKey.fromSeed(i), [size, size])) as [Tensor, Tensor];
    const truth = referenceBackend.matmul(a, b).data as Float32Array;
    for (const [name, backend] of [
      [names.reference, referenceBackend] as const,
      [names.wasm, wasm] as const,
    ]) {
      if (slow.has(name)) continue;
      const run = await timed(seconds, async () => void backend.matmul(a, b));
      const error = largestDifference(backend.matmul(a, b).data as Float32Array, truth) / Math.sqrt(size);
      add({ size, kernel: name, upload: 0, run, read: 0, rate: rateOf(size, run), error });
    }
    for (const variant of variants) {
      const kernel = variant(matmulLayout(a, b));
      const name = `${device.mode} ${kernel.name.replace('matmul ', '')}`;
      if (!slow.has(name)) add(await measureKernel(device, kernel, name, [a, b], truth, seconds));
    }
  }
  return rungs;
}

async function measureKernel(
  device: Device,
  kernel: Kernel,
  name: string,
  operands: readonly [Tensor, Tensor],
  truth: Float32Array,
  seconds: number,
): Promise<Rung> {
  const size = operands[0].shape[0]!;
  const put = () => operands.map(({ data }) => device.upload(data as Float32Array));
  const upload = await timed(seconds, async () => {
    const buffers = put();
    await device.finished();
    for (const buffer of buffers) device.release(buffer);
  });
  const buffers = put();
  // The first run makes the kernel ready, and tells how many to ask for at once: waiting has a price of its own.
  device.release(device.run(kernel, buffers));
  await device.finished();
  const start = performance.now();
  device.release(device.run(kernel, buffers));
  await device.finished();
  const together = Math.max(1, Math.min(20, Math.floor((100 * seconds) / (performance.now() - start))));
  const run =
    (await timed(seconds, async () => {
      for (let i = 0; i < together; i++) device.release(device.run(kernel, buffers));
      await device.finished();
    })) / together;
  const product = device.run(kernel, buffers);
  await device.finished();
  const read = await timed(seconds, async () => void (await device.read([product])));
  const [values] = await device.read([product]);
  for (const buffer of [...buffers, product]) device.release(buffer);
  return {
    size,
    kernel: name,
    upload: device.isLocal ? 0 : upload,
    run,
    read: device.isLocal ? 0 : read,
    rate: rateOf(size, run),
    error: largestDifference(values!, truth) / Math.sqrt(size),
  };
}

/** The median time of a call, in milliseconds, from at least three and about `seconds` of them. */
async function timed(seconds: number, call: () => Promise<void>): Promise<number> {
  await call();
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (times.length < 3 || (performance.now() < end && times.length < 200)) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return median(times);
}

function rateOf(size: number, milliseconds: number): number {
  return (2 * size ** 3) / milliseconds / 1e6;
}

function largestDifference(values: Float32Array, truth: Float32Array): number {
  return values.reduce((most, value, i) => Math.max(most, Math.abs(value - truth[i]!)), 0);
}

/** The smallest size at which some kernel of the device is faster than all of the CPU, and stays so. */
export function worthwhileFrom(rungs: readonly Rung[], time: (rung: Rung) => number): number | undefined {
  const sizes = [...new Set(rungs.map(({ size }) => size))].sort((x, y) => y - x);
  let from: number | undefined;
  for (const size of sizes) {
    const best = (cpu: boolean): number =>
      Math.min(
        ...rungs.filter((rung) => rung.size === size && rung.kernel.startsWith('CPU') === cpu).map(time),
      );
    if (!(best(false) < best(true))) break;
    from = size;
  }
  return from;
}
