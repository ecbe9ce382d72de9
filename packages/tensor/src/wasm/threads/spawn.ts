import { type WorkerStart, workerSource } from './worker-source.ts';

/** A worker that runs; it ends with the process, or when told. */
export interface Spawned {
  terminate(): void;
}

// What is used of Node's and of browsers' workers, typed here because this package is written for neither.

interface NodeWorker {
  once(event: 'message' | 'error', listener: (what: unknown) => void): void;
  unref(): void;
  terminate(): Promise<number>;
}

interface NodeThreads {
  readonly Worker: new (
    source: string,
    options: { eval: true; workerData: WorkerStart; execArgv: string[]; name: string },
  ) => NodeWorker;
}

interface BrowserWorker {
  onmessage: ((event: unknown) => void) | null;
  onerror: ((event: { message?: string }) => void) | null;
  postMessage(message: WorkerStart): void;
  terminate(): void;
}

interface Surroundings {
  readonly process?: { readonly versions?: { readonly node?: string } };
  readonly Worker?: new (url: string) => BrowserWorker;
  readonly Blob?: new (parts: string[], options: { type: string }) => unknown;
  readonly URL?: { createObjectURL(blob: unknown): string; revokeObjectURL(url: string): void };
}

const surroundings = globalThis as Surroundings;

/** Starts a worker; rejects with the reason if it cannot run. */
export async function spawn(start: WorkerStart): Promise<Spawned> {
  if (surroundings.process?.versions?.node !== undefined) return spawnInNode(start);
  return spawnInBrowser(start);
}

async function spawnInNode(workerData: WorkerStart): Promise<Spawned> {
  // Put together here, so that bundlers for browsers do not look for it.
  const name = ['node', 'worker_threads'].join(':');
  const { Worker } = (await import(/* @vite-ignore */ name)) as NodeThreads;
  const worker = new Worker(workerSource, { eval: true, workerData, execArgv: [], name: 'reparam' });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  // Only now: a process that has nothing to wait for but unreferenced workers ends.
  worker.unref();
  return { terminate: () => void worker.terminate() };
}

async function spawnInBrowser(start: WorkerStart): Promise<Spawned> {
  const { Worker, Blob, URL } = surroundings;
  if (Worker === undefined || Blob === undefined || URL === undefined) {
    throw new TypeError('there are no workers here');
  }
  const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  try {
    const worker = new Worker(url);
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = ({ message }) =>
        reject(new Error(message ?? 'the content security policy forbids workers from blob: addresses'));
      worker.postMessage(start);
    });
    return { terminate: () => worker.terminate() };
  } finally {
    URL.revokeObjectURL(url);
  }
}
