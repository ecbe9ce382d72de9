import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { checkOperation, operationTable } from '@reparam/autograd';
import { type FlowMeasurement, type FlowName, flows, measureFlow } from '@reparam/vae';
import { renderAccuracy } from './accuracy-page.ts';
import { renderFlows } from './flows-page.ts';
import { measureFunctions, measureKernels } from './measure-accuracy.ts';
import { renderOperations } from './operations-page.ts';

/** `npm run docs`: measures every operation, flow and kernel, and writes the pages of their tables. */
// Before anything is asked of the engine: Node 20 has relaxed SIMD, but not switched on.
if (process.version.startsWith('v20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

const operations = new Map(
  operationTable.map((operation) => {
    const { firstOrder, secondOrder } = checkOperation(operation);
    return [operation.name, `${powerOfTen(firstOrder)}, ${powerOfTen(secondOrder)}`];
  }),
);
write('ops.md', renderOperations(operations));

const seeds = [0, 1, 2];
const measured = new Map(
  (Object.keys(flows) as FlowName[]).map((name) => {
    const found = seeds.map((seed) => measureFlow(flows[name], { seed }));
    const worst = (read: (each: FlowMeasurement) => number): string =>
      powerOfTen(Math.max(...found.map(read)));
    return [
      name,
      {
        logDet: worst(({ logDetError }) => logDetError),
        roundTrip: worst(({ roundTripError }) => roundTripError),
        integral: worst(({ integral }) => Math.abs(integral - 1)),
      },
    ];
  }),
);
write('flows.md', renderFlows(measured));

write('accuracy.md', renderAccuracy(measureFunctions(), measureKernels()));

function write(name: string, text: string): void {
  writeFileSync(new URL(name, import.meta.url), text);
}

/** Rounded up: the digits of an error mean nothing, and would differ from machine to machine. */
function powerOfTen(error: number): string {
  return error === 0 ? '0' : `1e${Math.ceil(Math.log10(error))}`;
}
