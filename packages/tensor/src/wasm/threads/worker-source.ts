import { control, maximumErrorLength, slot } from './control.ts';

/** What a worker is told when it starts. */
export interface WorkerStart {
  readonly memory: unknown;
  /** The compiled pool module. */
  readonly pool: unknown;
  /** Address of the control block. */
  readonly block: number;
  /** Number of this thread, from 1, of how many; the caller is number 0. */
  readonly thread: number;
  readonly threads: number;
  /** How often to look for the next region before sleeping. */
  readonly spins: number;
}

/**
 * The program of a worker, for Node and for browsers. It is text, so that no bundler has to find a file for it. Its
 * loop never ends, and never receives a message after the first: regions and modules come through shared memory.
 */
export const workerSource = `
const run = ({ memory, pool, block, thread, threads, spins }) => {
  const { claim, finish, next } = new WebAssembly.Instance(pool, { env: { memory } }).exports;
  const words = new Int32Array(memory.buffer, block);
  const numbers = new Float64Array(memory.buffer, block);

  const modules = [];
  let link = block + ${control.modules};
  // Another thread may have made the memory larger than this one has noticed yet.
  const reach = (end) => { while (memory.buffer.byteLength < end) memory.grow(0); };
  const functionsOf = (module) => {
    while (modules.length <= module) {
      reach(link + 4);
      const address = Atomics.load(new Int32Array(memory.buffer, link, 1), 0) >>> 0;
      reach(address + 8);
      const length = new Int32Array(memory.buffer, address, 2)[1];
      reach(address + 8 + length);
      const bytes = new Uint8Array(memory.buffer, address + 8, length).slice();
      const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
      modules.push(Object.values(instance.exports));
      link = address;
    }
    return modules[module];
  };

  const execute = (call) => {
    const at = (${control.slots} + call * ${slot.bytes}) / 4;
    const first = at / 2 + ${slot.arguments / 8};
    const values = [];
    for (let i = 0; i < words[at + ${slot.argumentCount / 4}]; i++) values.push(numbers[first + i]);
    functionsOf(words[at + ${slot.module / 4}])[words[at + ${slot.position / 4}]].apply(undefined, values);
  };

  const report = (call, error) => {
    if (Atomics.compareExchange(words, ${control.error / 4}, 0, 1) !== 0) return;
    const text = String(error?.message ?? error).slice(0, ${maximumErrorLength});
    words[${control.errorThread / 4}] = thread;
    words[${control.errorCall / 4}] = call;
    words[${control.errorLength / 4}] = text.length;
    for (let i = 0; i < text.length; i++) words[${control.errorText / 4} + i] = text.charCodeAt(i);
  };

  for (let epoch = 0; ; ) {
    epoch = next(block, epoch, spins);
    for (let call; (call = claim(block, epoch, thread, threads)) >= 0; finish(block)) {
      try { execute(call); } catch (error) { report(call, error); }
    }
  }
};
if (globalThis.process?.versions?.node) {
  import('node' + ':worker_threads').then(({ parentPort, workerData }) => {
    parentPort.postMessage('ready');
    run(workerData);
  });
} else {
  onmessage = ({ data }) => { postMessage('ready'); run(data); };
}
`;
