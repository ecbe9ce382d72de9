import { describe, expect, test } from 'vitest';
import { operationTable } from '../index.ts';
import { checkOperation } from './check-operation.ts';

describe('every operation of the table agrees with finite differences', () => {
  test.each(operationTable.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
    const check = checkOperation(operation);
    expect(check).toMatchObject({ ok: true });
    expect(check.comparisons).toBeGreaterThan(0);
  });
});
