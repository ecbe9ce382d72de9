import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { customGradient, parameter, traceBackward } from '@reparam/autograd';
import { describe, expect, test } from 'vitest';
import { commandOf } from './keys.ts';
import { plain } from './paint.ts';
import { stepThrough, Walk } from './step-through.ts';

const doubled = customGradient({ name: 'wrong', forward: (x) => x!.exp(), vjp: (cotangent) => [cotangent] });
// Backwards: sum, square, wrong, mul, wrong.
const trace = traceBackward(
  doubled(doubled(parameter([0.3, 0.7])).mul(2))
    .square()
    .sum(),
);
const right = traceBackward(parameter([1, 2]).square().sum());
const view = { columns: 80, rows: 30, paint: plain };

describe('a walk', () => {
  test('goes step by step, and stays within the tape', () => {
    const walk = new Walk(trace, 'a.ts');
    const visit = (...commands: Parameters<Walk['follow']>[0][]) =>
      commands.map((command) => {
        walk.follow(command);
        return walk.position;
      });
    expect(visit('previous', 'next', 'next', 'previous', 'last', 'next', 'first')).toEqual([
      0, 1, 2, 1, 4, 4, 0,
    ]);
  });

  test('jumps to wrong steps, and round', () => {
    const walk = new Walk(trace, 'a.ts', 1);
    const next = () => {
      walk.follow('suspect');
      return walk.position;
    };
    expect([next(), next(), next()]).toEqual([2, 4, 2]);
  });

  test('says when nothing is wrong', () => {
    const walk = new Walk(right, 'a.ts');
    walk.follow('suspect');
    expect(walk.screen(view).at(-1)).toContain('No step is wrong');
    walk.follow('next');
    expect(walk.screen(view).at(-1)).toContain('q quit');
  });

  test.each([12, 18, 24, 60])('fills a screen of %i rows, keys at the bottom', (rows) => {
    const lines = new Walk(trace, 'a.ts').screen({ ...view, rows });
    expect(lines).toHaveLength(rows);
    expect(lines[0]).toMatch(/^ a\.ts +step 1 of 5$/);
    expect(lines.at(-1)).toContain('w next wrong');
    expect(lines.join('\n').includes('✓')).toBe(rows >= 18);
    for (const line of lines) expect(line.length).toBeLessThan(80);
  });

  test('shows help on request, and the step again after it', () => {
    const walk = new Walk(trace, 'a.ts');
    walk.follow('help');
    expect(walk.screen(view).join('\n')).toContain('the next step with a wrong rule');
    walk.follow('help');
    expect(walk.screen(view).join('\n')).toContain('formula');
  });
});

test('keys, as the terminal sends them', () => {
  expect(commandOf({ name: 'right', sequence: '\x1b[C' })).toBe('next');
  expect(commandOf({ name: 'g', sequence: 'g' })).toBe('first');
  expect(commandOf({ name: 'g', sequence: 'G', shift: true })).toBe('last');
  expect(commandOf({ sequence: '?' })).toBe('help');
  expect(commandOf({ name: 'c', ctrl: true })).toBe('interrupt');
  expect(commandOf({ name: 'n', ctrl: true })).toBeUndefined();
  expect(commandOf({ name: 'x', sequence: 'x' })).toBeUndefined();
});

/** A terminal that remembers what it was sent. */
function fakeTerminal() {
  const raw: boolean[] = [];
  const input = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => raw.push(on) });
  const written: string[] = [];
  const output = Object.assign(new EventEmitter(), {
    columns: 80,
    rows: 30,
    write: (text: string) => {
      written.push(text);
      return true;
    },
  }) as unknown as NodeJS.WritableStream;
  return { input, output, raw, written };
}

describe('in a terminal', () => {
  test.each([
    ['q', false],
    ['\x03', true],
  ])('%j ends it, and leaves the terminal as it was', async (key, interrupted) => {
    const { input, output, raw, written } = fakeTerminal();
    const listeners = process.listenerCount('exit');
    const ended = stepThrough(trace, 'a.ts', { input, output, paint: plain });
    input.write('n');
    input.write(key);
    expect(await ended).toBe(interrupted);
    expect(raw).toEqual([true, false]);
    expect(written[0]).toBe('\x1b[?1049h\x1b[?25l\x1b[?7l');
    expect(written.at(-1)).toBe('\x1b[?7h\x1b[?25h\x1b[?1049l');
    expect(written.filter((text) => text.includes('step 2 of 5'))).toHaveLength(1);
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(output.listenerCount('resize') + input.listenerCount('keypress')).toBe(0);
  });

  test('draws anew when the window changes', async () => {
    const { input, output, written } = fakeTerminal();
    const ended = stepThrough(right, 'a.ts', { input, output, paint: plain }, 1);
    const before = written.length;
    output.emit('resize');
    expect(written.length).toBe(before + 1);
    expect(written.at(-1)).toContain('step 2 of 2');
    input.write('q');
    await ended;
  });
});
