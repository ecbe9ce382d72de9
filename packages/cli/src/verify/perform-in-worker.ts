import { Worker } from 'node:worker_threads';
import type { PerformJob } from './verify-truths.ts';
import type { WorkerMessage } from './worker-messages.ts';

/** Beside this file, whether it is built or not. */
const program = new URL(
  import.meta.url.endsWith('.ts') ? './worker-from-source.mjs' : './worker.js',
  import.meta.url,
);

/** Does a job in a thread of its own. */
export const performInWorker: PerformJob = (job, onProgress) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(program, { workerData: job });
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') onProgress(message.progress);
      else resolve(message.outcome);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a worker thread ended with the code ${code}`)));
  });
