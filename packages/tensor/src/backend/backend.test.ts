import { afterEach, expect, test } from 'vitest';
import { tensor } from '../create.ts';
import { reduce } from '../primitives.ts';
import { type Backend, backend, useBackend } from './backend.ts';
import { referenceBackend } from './reference/reference.ts';

afterEach(() => {
  useBackend(referenceBackend);
});

test('the reference backend is the one in use unless told', () => {
  expect(backend()).toBe(referenceBackend);
});

test('primitives run on the backend that was put in use, until the one before is put back', () => {
  const asked: string[] = [];
  const counting: Backend = {
    ...referenceBackend,
    name: 'counting',
    reduce: (kind, source, axes) => {
      asked.push(`${kind} [${axes.join(', ')}]`);
      return referenceBackend.reduce(kind, source, axes);
    },
  };
  const before = useBackend(counting);
  expect(before).toBe(referenceBackend);
  expect(reduce('sum', tensor([[1, 2]]), { axes: -1 }).toArray()).toEqual([3]);
  expect(useBackend(before)).toBe(counting);
  reduce('sum', tensor([[1, 2]]));
  expect(asked).toEqual(['sum [1]']);
});
