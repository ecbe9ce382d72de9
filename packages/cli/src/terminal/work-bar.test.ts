import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createWorkBar } from './work-bar.ts';

function written(isTTY: boolean, columns: number): string {
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns,
    cursorTo: () => true,
    clearLine: () => true,
  });
  const bar = createWorkBar(stream, 'sampling');
  bar.update({ done: 1, total: 4 });
  bar.update({ done: 3, total: 4 });
  bar.stop();
  bar.stop();
  return String(stream.read() ?? '');
}

test('a terminal shows how far the work has come', () => {
  expect(written(true, 80)).toMatch(/sampling {2}█+░+ {2}25%/);
});

test('a narrow one is not broken', () => {
  expect(written(true, 30)).not.toContain('%');
});

test('elsewhere nothing is written', () => {
  expect(written(false, 80)).toBe('');
});
