import { describe, expect, test } from 'vitest';
import { formatDuration, formatNats, formatNumber } from './format.ts';
import { escapeHtml, html } from './html.ts';

describe('numbers for reading', () => {
  test.each([
    [-98.517, 2, '−98.52'],
    [1234567.5, 1, '1\u202f234\u202f567.5'],
    [-0.001, 2, '0.00'],
    [999, 0, '999'],
    [Number.NaN, 2, 'not a number'],
    [-Infinity, 2, '−∞'],
  ])('formatNumber(%d, %d) is %s', (value, decimals, text) =>
    expect(formatNumber(value, decimals)).toBe(text),
  );

  test.each([
    [3.1372, '3.14'],
    [-123.456, '−123.5'],
    [-12345.6, '−12\u202f346'],
  ])('formatNats(%d) is %s', (value, text) => expect(formatNats(value)).toBe(text));

  test.each([
    [3.14, '3.1 s'],
    [9.97, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [101, '1 min 41 s'],
    [7170, '2 h 0 min'],
    [7509, '2 h 5 min'],
  ])('formatDuration(%d) is %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe('html', () => {
  test('escapes text and keeps HTML', () => {
    expect(escapeHtml(`<a href="x" id='y'>&</a>`)).toBe(
      '&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
    );
    const items = ['<', '&'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul title="${'"'}">${items}</ul>${7}`.text).toBe(
      '<ul title="&quot;"><li>&lt;</li>\n<li>&amp;</li></ul>7',
    );
  });
});
