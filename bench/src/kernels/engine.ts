import { referenceBackend, WasmBackend } from '@reparam/tensor';
import { Kernels } from '../../../packages/tensor/src/wasm/kernels.ts';
import { chooseVariant, type MatmulVariant } from '../../../packages/tensor/src/wasm/matmul/variant.ts';
import { serve } from '../processes/serve.ts';
import { measure } from '../suite.ts';
import { type EagerTask, eagerTasks } from './eager.ts';
import type { Timing } from './ladder.ts';
import { measurePeak } from './peak.ts';
import { createOperands, faultOf, products } from './products.ts';
import { createRungs, type EngineOptions } from './rungs.ts';
import { streamBandwidth } from './stream.ts';
import { elements, type PreparedKernel, type Subject } from './subject.ts';
import { subjects } from './subjects.ts';

// A process that times kernels in its engine: `engine.ts <seconds> <options as JSON>`.

const seconds = Number(process.argv[2]);
const options = JSON.parse(process.argv[3]!) as EngineOptions;
const rungs = await createRungs(options);
const peaks = new Map<MatmulVariant, number>();

const kernelsByThreads = new Map<number, Kernels>();
for (const threads of [1, 2]) {
  const kernels = new Kernels({ revectorize: options.revectorize });
  await kernels.runner.useThreads(threads);
  kernelsByThreads.set(threads, kernels);
}

await serve(
  {
    peak: measurePeak(chooseVariant(options)),
    bandwidth: options.whole ? streamBandwidth(kernelsByThreads.get(1)!) : undefined,
  },
  {
    multiply: (position: number) => timeProduct(position),
    elementwise: (position: number) => timeSubject(subjects[position]!),
    eager: (position: number) => (options.whole ? timeEager(eagerTasks[position]!) : []),
  },
);

function timeProduct(position: number): Timing[] {
  const shape = products[position]!;
  const { a, b, shadow } = createOperands(shape);
  return rungs
    .filter((rung) => rung.takes(shape))
    .map(({ name, variant, threads, prepare }) => {
      const { run, read } = prepare(shape, a, b);
      run();
      const fault = faultOf(read(), shape, shadow);
      const peak = variant && { peak: threads * peakOf(variant) };
      return { name, ...peak, ...(fault === undefined ? timed(run) : { fault }) };
    });
}

function peakOf(variant: MatmulVariant): number {
  const known = peaks.get(variant) ?? measurePeak(variant);
  peaks.set(variant, known);
  return known;
}

function timeSubject(subject: Subject): Timing[] {
  const suffix = options.revectorize ? ', revectorised' : '';
  const ways: [string, PreparedKernel][] = [
    ...(options.whole ? [['loop in JavaScript', subject.loop()] as [string, PreparedKernel]] : []),
    ...[...kernelsByThreads].map(([threads, kernels]): [string, PreparedKernel] => [
      `SIMD${suffix}${threads > 1 ? `, ${threads} threads` : ''}`,
      subject.kernel(kernels),
    ]),
  ];
  return ways.map(([name, { run, fault }]) => {
    run();
    const wrong = fault();
    return { name, ...(wrong === undefined ? timed(run) : { fault: wrong }) };
  });
}

/** Both ways that an eager operation can take. */
function timeEager({ run }: EagerTask): Timing[] {
  const copying = new WasmBackend({ sparesSmall: false });
  const expected = run(referenceBackend).toTypedArray();
  const found = run(copying).toTypedArray();
  const differing = expected.findIndex(
    (value, i) => !(Math.abs(found[i]! - value) <= 1e-4 * (1 + Math.abs(value))),
  );
  const fault = { fault: `element ${differing} is ${found[differing]}, not ${expected[differing]}` };
  return [
    { name: 'reference backend', ...timed(() => run(referenceBackend)) },
    { name: 'wasm backend, copying', ...(differing < 0 ? timed(() => run(copying)) : fault) },
  ];
}

function timed(run: () => void): { milliseconds: number } {
  const [measurement] = measure(
    { title: '', unit: 'element', cases: [{ name: '', work: elements, run }] },
    seconds,
  );
  return { milliseconds: measurement!.milliseconds };
}
