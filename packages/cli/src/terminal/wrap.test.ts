import { expect, test } from 'vitest';
import { wrapBeside } from './wrap.ts';

test('keeps the text in its column', () => {
  expect(wrapBeside('Note', 'one two three four five six', 6, 29)).toBe(
    'Note  one two three four\n      five six',
  );
});

test('stays on one line where there is room, or no terminal', () => {
  expect(wrapBeside('Note', 'one two', 6, 80)).toBe('Note  one two');
  expect(wrapBeside('Note', 'word '.repeat(99).trim(), 6)).not.toContain('\n');
});

test('does not break words, however long', () => {
  const word = 'x'.repeat(50);
  expect(wrapBeside('A', `${word} y`, 2, 30)).toBe(`A ${word}\n  y`);
});
