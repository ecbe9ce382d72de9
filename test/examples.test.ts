import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sourceProgram } from './command-line.ts';

const folder = fileURLToPath(new URL('../examples/', import.meta.url));

describe('examples print what they say they print', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.ts')))('%s', (name) => {
    const promised = [...readFileSync(`${folder}${name}`, 'utf8').matchAll(/^\/\/ → (.*)$/gm)].map(
      ([, text]) => text,
    );
    const [program, ...rest] = sourceProgram(`${folder}${name}`);
    const { stdout, stderr, status } = spawnSync(program!, rest, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(promised.length).toBeGreaterThan(0);
    for (const line of promised) expect(stdout.split('\n')).toContain(line);
  });
});
