import { writeFileSync } from 'node:fs';
import { checkOperation, operationTable } from '@reparam/autograd';
import { renderOperations } from './operations-page.ts';

/** `npm run docs`: checks every operation, and writes docs/ops.md from the table and what was found. */
const accuracy = new Map(
  operationTable.map((operation) => {
    const { firstOrder, secondOrder } = checkOperation(operation);
    return [operation.name, `${powerOfTen(firstOrder)}, ${powerOfTen(secondOrder)}`];
  }),
);
writeFileSync(new URL('ops.md', import.meta.url), renderOperations(accuracy));

/** Rounded up: the digits of an error mean nothing, and would differ from machine to machine. */
function powerOfTen(error: number): string {
  return error === 0 ? '0' : `1e${Math.ceil(Math.log10(error))}`;
}
