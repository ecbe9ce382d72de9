import { customGradient, exp, log1p, parameter, sigmoid, traceBackward, variable } from '@reparam/autograd';
import { describe, expect, test } from 'vitest';
import { clip, formatFigure } from './cells.ts';
import { type Paint, paintFor, plain } from './paint.ts';
import { isSuspect, renderStep } from './render-step.ts';
import { renderStrip } from './render-strip.ts';
import { renderTrace } from './render-trace.ts';

const view = { columns: 80, paint: plain };

const wrongSoftplus = customGradient({
  name: 'mySoftplus',
  forward: (x) => log1p(exp(x!)),
  vjp: (cotangent, { inputs: [x] }) => [cotangent.mul(sigmoid(x!)).mul(sigmoid(x!))],
});

const weight = parameter(
  [
    [0.5, -1, 2],
    [1, 1, -3],
  ],
  'encoder.layers.0.weight.of.a.deep.network',
);
const trace = traceBackward(wrongSoftplus(variable([[1, 2]]).matmul(weight)).mean());

describe('a step', () => {
  test('is shown with its operands, cotangents and verdict', () => {
    expect(renderStep(trace.steps[3]!, view).join('\n')).toMatchInlineSnapshot(`
      "  %0 = matmul(constant [1, 2], encoder.layers.0.weight.of.a.deep.network)

        formula      Σₖ aᵢₖ bₖⱼ
        derivative   ā = ȳ·bᵀ, b̄ = aᵀ·ȳ
        on the tape  20 B kept

                                                    min       max      mean      norm
        forward
          constant [1, 2]  float32 [1, 2]             1         2       1.5     2.236
          encoder.layers.… float32 [2, 3]            -3         2   0.08333     4.031
          → %0             float32 [1, 3]            -4       2.5   -0.1667     4.822
        backward
          cotangent of %0  float32 [1, 3]      1.078e-4    0.2847    0.1543    0.3358
          → encoder.layer… float32 [2, 3]      1.078e-4    0.5694    0.2315    0.7509

        ✓ The rule agrees with finite differences.
          for a random direction          by the rule          by differences   error
          encoder.layers.0.weight.of…      1.03357176              1.03357176   9e-12"
    `);
  });

  test('of a wrong rule says so', () => {
    const text = renderStep(trace.steps[2]!, view).join('\n');
    expect(text).toContain('mySoftplus(%0)');
    expect(text).toContain('✗ The rule DIFFERS from finite differences.');
    expect(trace.steps.map(isSuspect)).toEqual([false, false, true, false]);
  });

  test('with NaN or infinities tells how many', () => {
    const { steps } = traceBackward(parameter([0, -1, 2]).log().sum());
    const lines = renderStep(steps[1]!, view);
    expect(lines).toContain('      ↑ 1 NaN, 1 infinite');
    expect(lines.at(-1)).toBe('  – Not checked: values are NaN.');
    expect(isSuspect(steps[1]!)).toBe(true);
  });

  test('at a kink gives the range of slopes', () => {
    const { steps } = traceBackward(parameter([0]).relu().sum());
    expect(renderStep(steps[1]!, view).join('\n')).toMatch(
      /~ At a kink: .*\n.*\n.* 0\.00000000 +0 … \d\.\d+ +0e\+0$/,
    );
  });

  test.each([60, 80, 120])('stays within %i columns', (columns) => {
    for (const step of trace.steps) {
      for (const line of renderStep(step, { columns, paint: plain }))
        expect(line.length).toBeLessThan(Math.max(columns, 80));
    }
  });
});

describe('the strip', () => {
  const { steps } = trace;
  const brackets: Paint = (style, text) => (style === 'bold' ? `<${text}>` : text);

  test('marks where the walk stands', () => {
    expect(renderStrip(steps, 2, { columns: 80, paint: brackets })).toBe(
      '  div ▸ sum ▸ <[mySoftplus]> ▸ matmul',
    );
  });

  test('shows the neighbours that fit', () => {
    const many = Array.from({ length: 50 }, () => steps[2]!);
    const line = renderStrip(many, 25, view);
    expect(line).toMatch(/^ {2}… ▸ mySoftplus ▸ .*\[mySoftplus\].* ▸ …$/);
    expect(line.length).toBeLessThan(80);
    expect(line.length).toBeGreaterThan(60);
    expect(renderStrip(many, 0, view)).toMatch(/^ {2}\[mySoftplus\] ▸ /);
  });
});

test('a whole trace ends with the gradients and what is wrong', () => {
  const text = renderTrace(trace, view);
  expect(text.match(/^──── step \d of 4/gm)).toHaveLength(4);
  expect(text.slice(text.indexOf('──── gradients'))).toMatchInlineSnapshot(`
    "──── gradients ────────────────────────────────────────────────────────────────
      leaf                            shape                         norm
      encoder.layers.0.weight.of.a.…  float32 [2, 3]              0.7509

    ──── summary ──────────────────────────────────────────────────────────────────
      4 steps: agree 3, at a kink 0, not checked 0, differ 1.
      Differs from finite differences: step 3 (mySoftplus)."
  `);
});

test('colours: on a terminal, unless NO_COLOR says otherwise', () => {
  const red = (isTTY: boolean, environment: Record<string, string>) =>
    paintFor({ isTTY }, environment)('red', 'x');
  expect(red(true, {})).toBe('\x1b[31mx\x1b[39m');
  expect(red(true, { NO_COLOR: '1' })).toBe('x');
  expect(red(true, { NO_COLOR: '' })).toBe('\x1b[31mx\x1b[39m');
  expect(red(false, {})).toBe('x');
});

test('cells', () => {
  expect(
    [0, -0.5, 0.0123456, -1.23456e-5, 1e-30, 123_456, 1e6, -1.5e300, Number.NaN].map(formatFigure),
  ).toEqual(['0', '-0.5', '0.01235', '-1.235e-5', '1e-30', '123500', '1e6', '-1.5e300', 'NaN']);
  expect([clip('abcdef', 6), clip('abcdef', 4)]).toEqual(['abcdef', 'abc…']);
});
