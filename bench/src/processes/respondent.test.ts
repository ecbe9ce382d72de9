import { expect, test } from 'vitest';
import { nodeCommand, thisEngine } from './node.ts';
import { lastError, Respondent } from './respondent.ts';

const program = (text: string): Respondent => new Respondent([process.execPath, '-e', text]);

test('a process introduces itself, answers, and says what went wrong', async () => {
  const file = new URL('serve.ts', import.meta.url);
  const script = `
    import { serve } from ${JSON.stringify(file.href)};
    await serve({ ready: 1 }, { double: (n) => 2 * n, fail: () => { throw new Error('no such thing'); } });`;
  const respondent = new Respondent([
    ...nodeCommand(thisEngine, ['--input-type=module'], file).slice(0, -1),
    '-e',
    script,
  ]);
  expect(await respondent.answer()).toEqual({ ready: 1 });
  expect(await respondent.ask('double', 21)).toBe(42);
  await expect(respondent.ask('fail', 0)).rejects.toThrow('no such thing');
  expect(await respondent.ask('double', 4)).toBe(8);
  respondent.end();
});

test('a process that ends, and one that cannot be started, are errors', async () => {
  await expect(program('throw new TypeError("not today")').answer()).rejects.toThrow('TypeError: not today');
  await expect(program('').answer()).rejects.toThrow('it ended without a word');
  await expect(new Respondent(['/no/such/program']).answer()).rejects.toThrow('ENOENT');
});

test('of what a process complains about, the error is told', () => {
  expect(lastError('a warning\nRangeError: too far\n    at file:1\n')).toBe('RangeError: too far');
  expect(lastError('a warning\n\n')).toBe('a warning');
});
