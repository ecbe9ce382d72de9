import { operationTable } from '@reparam/autograd';
import { expect, test } from 'vitest';
import { cases } from './cases.ts';

test('every operation of the table is compared with PyTorch', () => {
  const compared = new Set(cases.map(({ operation }) => operation));
  expect([...compared].sort()).toEqual(operationTable.map(({ name }) => name).sort());
});
