import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Runs a program as an ECMAScript module in a Node of its own and reads what it prints as JSON. */
function run(program: string, ...flags: string[]): unknown {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const args = [
    '--conditions=@reparam/source',
    '--import=tsx',
    ...flags,
    '--input-type=module',
    '--eval',
    program,
  ];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }));
}

const program = `
  import { scalarFunctions as f, input, map, tensor } from '@reparam/tensor';
  import { grad, gelu, mul, sum } from '@reparam/autograd';

  let allowed = true;
  try {
    new Function('return 1');
  } catch {
    allowed = false;
  }
  const x = tensor([-1.5, 0, 0.7, 30], { dtype: 'float64' });
  const formula = f.select(f.less(input(0), input(1)), f.tanh(input(0)), f.multiply(input(0), input(1)));
  const mapped = map(formula, [x, tensor(0.5, { dtype: 'float64' })]);
  const square = (v) => sum(mul(v, v));
  console.log(JSON.stringify({
    allowed,
    mapped: mapped.toArray(),
    gradient: grad(square)(x)[0].toArray(),
    gelu: grad((v) => sum(gelu(v)))(x)[0].toArray(),
  }));
`;

test('where code may not be generated from strings, values and gradients are the same', () => {
  const strict = run(program, '--disallow-code-generation-from-strings') as Record<string, unknown>;
  expect(strict).toMatchObject({
    allowed: false,
    mapped: [Math.tanh(-1.5), Math.tanh(0), 0.35, 15],
    gradient: [-3, 0, 1.4, 60],
  });
  expect({ ...strict, allowed: true }).toEqual(run(program));
});
