import { compile, gradients, type Variable } from '@reparam/autograd';
import { adam } from '@reparam/nn';
import {
  type Backend,
  type Executable,
  formatProgram,
  type Program,
  RandomKey,
  referenceBackend,
  type Tensor,
  useBackend,
  WasmBackend,
} from '@reparam/tensor';
import { Vae } from '@reparam/vae';
import { serve, timeSteps } from '../processes/serve.ts';
import { median } from '../statistics.ts';
import { layouts } from './layouts.ts';
import { noiseKey, readProblem } from './problem.ts';

// A contestant: `ours.ts <problem> <settings as JSON>`.

export interface OurSettings {
  readonly backend: 'reference' | 'wasm';
  readonly compiled: boolean;
  readonly threads: number;
  /** Tiles for V8's revectoriser, which has to be on. */
  readonly revectorize: boolean;
}

/** Medians in milliseconds. */
export interface Profile {
  readonly step: number;
  /** Of all instructions together. */
  readonly kernels: number;
  readonly instructions: readonly {
    /** The primitive. */
    readonly kind: string;
    readonly text: string;
    readonly milliseconds: number;
  }[];
}

/** In bytes. */
export interface Allocation {
  readonly steps: number;
  /** What is left on the heap by all steps. */
  readonly kept: number;
  /** What one step allocates, most of which is garbage soon. */
  readonly perStep: number;
}

/** What only programs in an arena have. */
type InArena = Executable & {
  readonly bytes: number;
  profile(inputs: readonly Tensor[], keys: readonly RandomKey[], now: () => number): readonly number[];
};

const [path, given] = process.argv.slice(2) as [string, string];
const settings = JSON.parse(given) as OurSettings;
const { layout, x, parameters, losses } = readProblem(path);

const backend = await createBackend(settings);
useBackend(backend);
const model = new Vae(layouts[layout].settings, RandomKey.fromSeed(0));
model.loadParameters(parameters);
const optimizer = adam(model.namedParameters());

function trainingStep(batch: Tensor, key: RandomKey): Variable {
  const { loss } = model.elbo(batch, key);
  optimizer.step(gradients(loss, model.parameters()).map(({ value }) => value));
  return loss;
}

const compiledStep = compile(trainingStep);
const step = settings.compiled ? compiledStep : trainingStep;

const start = performance.now();
if (settings.compiled) compiledStep.program(x, noiseKey);
const compileMilliseconds = performance.now() - start;

const keys = RandomKey.fromSeed(4);
let taken = 0;
const next = (): number => step(x, keys.foldIn(taken++)).item();

await serve(
  {
    losses: losses.map(() => step(x, noiseKey).item()),
    ...(settings.compiled && { compileMilliseconds, arenaBytes: inArena()?.bytes }),
  },
  { time: (seconds: number) => timeSteps(seconds, next), profile, allocation },
);

async function createBackend({ backend: name, threads, revectorize }: OurSettings): Promise<Backend> {
  if (name === 'reference') return referenceBackend;
  const wasm = new WasmBackend({ revectorize });
  const { threads: running, reason } = await wasm.useThreads(threads);
  if (running !== threads) throw new Error(`${threads} threads: ${reason}`);
  return wasm;
}

function inArena(): InArena {
  return compiledStep.executable(x, noiseKey) as InArena;
}

/** Of `count` whole steps, and of as many whose instructions are timed one by one. */
function profile(count: number): Profile {
  const program: Program = compiledStep.program(x, noiseKey);
  const executable = inArena();
  const whole: number[] = [];
  const parts: (readonly number[])[] = [];
  for (let i = 0; i < count; i++) {
    const before = performance.now();
    next();
    whole.push(performance.now() - before);
    parts.push(executable.profile([x], [keys.foldIn(taken++)], () => performance.now()));
  }
  const lines = formatProgram(program).split('\n').slice(program.sources.length);
  return {
    step: median(whole),
    kernels: median(parts.map((times) => times.reduce((sum, time) => sum + time, 0))),
    instructions: parts[0]!.map((_, i) => ({
      kind: program.instructions[i]?.operation.kind ?? 'copy',
      text: i < program.instructions.length ? lines[i]!.trim() : 'copy to a state',
      milliseconds: median(parts.map((times) => times[i]!)),
    })),
  };
}

/** Needs --expose-gc. */
function allocation(count: number): Allocation {
  const collect = (globalThis as { gc?: () => void }).gc!;
  const used = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  collect();
  const before = used();
  for (let i = 0; i < count; i++) next();
  collect();
  const kept = used() - before;
  // Short enough that nothing is collected in between; the median of several tries drops those where it was.
  const tries = Array.from({ length: 21 }, () => {
    collect();
    const start = used();
    for (let i = 0; i < 10; i++) next();
    return (used() - start) / 10;
  });
  return { steps: count, kept, perStep: median(tries) };
}
