import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sourceProgram } from './command-line.ts';

/** Pages whose code blocks, one after the other, are a program that prints the lines marked `// →`. */
const pages = ['docs/autodiff.md', 'docs/gpu.md'];

test.each(pages)('the code of %s prints what it says', (page) => {
  const text = readFileSync(new URL(`../${page}`, import.meta.url), 'utf8');
  const program = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code).join('\n');
  const promised = [...program.matchAll(/^\/\/ → (.*)$/gm)].map(([, line]) => line);
  expect(promised.length).toBeGreaterThan(0);
  // Beside the tests, so that the packages are found.
  const file = fileURLToPath(new URL(`./${page.replaceAll(/\W/g, '-')}.generated.ts`, import.meta.url));
  writeFileSync(file, program);
  try {
    const [node, ...rest] = sourceProgram(file);
    const { stdout, stderr } = spawnSync(node!, rest, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual(promised);
  } finally {
    rmSync(file);
  }
});
