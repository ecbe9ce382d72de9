import { expect, test } from 'vitest';
import { findRepeatedName } from './json.ts';

test.each([
  ['{"a": 1, "b": {"a": [{"a": 1}, {"a": 2}]}, "c": ["a", "a", ":"]}', undefined],
  ['{"a:\\"": "\\\\", "b": "{\\"a:\\"", "c": "}"}', undefined],
  ['{}', undefined],
  ['{"a": 1, "b": 2, "a": 3}', 'a'],
  ['{"a": {"x": [], "x": {}}}', 'x'],
  ['{"a": {}, "\\u0061": {}}', 'a'],
  ['{"a\\"": 1, "a\\"": 1}', 'a"'],
  ['{"__proto__": 1, "__proto__": 1}', '__proto__'],
])('%s repeats %j', (text, expected) => {
  JSON.parse(text);
  expect(findRepeatedName(text)).toBe(expected);
});

test('deep nesting and long strings are walked without recursion', () => {
  const depth = 200_000;
  expect(findRepeatedName(`${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`)).toBeUndefined();
  expect(findRepeatedName(`{"${'x'.repeat(5_000_000)}": 1, "b": 2, "b": 3}`)).toBe('b');
});
