import { parentPort, workerData } from 'node:worker_threads';
import { groundTruths } from '@reparam/vae';
import { verifyPart } from './verify-part.ts';
import type { Job } from './verify-truths.ts';
import type { WorkerMessage } from './worker-messages.ts';

/** Milliseconds between two messages about progress. */
const interval = 100;

const say = (message: WorkerMessage): void => parentPort!.postMessage(message);
const { name, part } = workerData as Job;
const truth = groundTruths[name as keyof typeof groundTruths];
let last = performance.now();
const outcome = verifyPart(part === undefined ? truth : truth.parts![part]!, (progress) => {
  if (performance.now() - last < interval) return;
  last = performance.now();
  say({ kind: 'progress', progress });
});
say({ kind: 'outcome', outcome });
