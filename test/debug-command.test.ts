import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { reparam } from './command-line.ts';
import { useTemporaryFolder } from './support/temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const example = 'examples/debug-a-gradient.ts';
const folder = useTemporaryFolder();

describe('reparam debug', () => {
  test('prints all steps of an example, and points at the mistake', () => {
    const { stdout, stderr, code } = reparam(root, 'debug', example);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toContain('──── step 5 of 5 ');
    expect(stdout).toContain('Differs from finite differences: step 4 (mySoftplus).');
    expect(stdout).not.toContain('\x1b');
  });

  test('prints one step, or all as data', () => {
    const one = reparam(root, 'debug', example, '--step', '3', '--no-verify').stdout;
    expect(one.match(/^──── /gm)).toHaveLength(1);
    expect(one).toContain('Not checked: it was not asked for.');
    const { steps } = JSON.parse(reparam(root, 'debug', example, '--json').stdout) as {
      steps: { operation: string; verdict: { kind: string } }[];
    };
    expect(steps.map(({ operation, verdict }) => `${operation} ${verdict.kind}`)).toEqual([
      'div agrees',
      'sum agrees',
      'square agrees',
      'mySoftplus differs',
      'mul agrees',
    ]);
  });

  test('draws the tape', async () => {
    const [dot, mermaid] = [join(folder.path, 'tape.dot'), join(folder.path, 'tape.mmd')];
    const { stdout } = reparam(root, 'debug', example, '--dot', dot, '--mermaid', mermaid);
    expect(stdout).toContain(`tape in ${mermaid}\ntape in ${dot}\n`);
    expect(await readFile(dot, 'utf8')).toMatch(/^digraph tape \{/);
    expect(await readFile(mermaid, 'utf8')).toMatch(/^flowchart TD/);
  });

  test.each([
    ['', 'exports neither loss nor output'],
    ['export const loss = 3;', 'is no variable, nor a function that returns one'],
    [
      'export const output = { tracked: true, node: {}, value: 1 };',
      'a variable of another copy of @reparam/autograd',
    ],
  ])('explains what is wrong with %j', async (source, explanation) => {
    const { stderr, code } = reparam(folder.path, 'debug', await folder.save('program.mjs', source));
    expect(code).toBe(1);
    expect(stderr).toContain(explanation);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('explains a missing file, a step past the end and a program that stops', async () => {
    expect(reparam(folder.path, 'debug', 'nowhere.ts').stderr).toBe(
      'reparam: There is no program "nowhere.ts".\n',
    );
    expect(reparam(root, 'debug', example, '--step', '9').stderr).toContain('--step 9 is past the end');
    const failing = `
      import { parameter } from ${JSON.stringify(new URL('../packages/autograd/src/index.ts', import.meta.url).href)};
      export function loss() { return parameter([1, 2]).matmul(parameter([[1]])); }
    `;
    const { stderr } = reparam(folder.path, 'debug', await folder.save('failing.mjs', failing));
    expect(stderr).toMatch(/stopped: matmul: .*\n {4}at loss \(.*failing\.mjs:3:\d+\)\n$/);
  });

  test.each([
    ['export const loss = parameter(1);', 'has no tape'],
    ['export const loss = parameter(1).exp(); loss.backward();', 'was freed by a backward pass'],
    ['export async function output() { return parameter(2, "x").square(); }', undefined],
  ])('of %j', async (statement, explanation) => {
    const autograd = JSON.stringify(new URL('../packages/autograd/src/index.ts', import.meta.url).href);
    const program = await folder.save(
      'program.mjs',
      `import { parameter } from ${autograd};\n${statement}\n`,
    );
    const { stdout, stderr } = reparam(folder.path, 'debug', program);
    if (explanation) expect(stderr).toContain(explanation);
    else expect(stdout).toContain('%0 = square(x)');
  });
});
