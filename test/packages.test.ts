import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const packages = new URL('../packages/', import.meta.url);

/** The library packages, in the order in which they may import each other. */
const layers = ['tensor', 'autograd', 'nn', 'vae'] as const;

interface Manifest {
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports: { readonly '.': Readonly<Record<string, string>> };
}

function manifest(name: string): Manifest {
  return JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), 'utf8')) as Manifest;
}

function sources(name: string): { path: string; text: string }[] {
  const folder = new URL(`${name}/src/`, packages);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => ({ path, text: readFileSync(new URL(path, folder), 'utf8') }));
}

describe.each(layers)('@reparam/%s', (name) => {
  const below = layers.slice(0, layers.indexOf(name)).map((each) => `@reparam/${each}`);

  test('depends on the layers below it and on nothing else', () => {
    for (const dependency of Object.keys(manifest(name).dependencies ?? {}))
      expect(below).toContain(dependency);
  });

  test('imports its own files and the layers below, and nothing of Node', () => {
    for (const { path, text } of sources(name)) {
      const imported = [
        ...text.matchAll(/^(?:(?:import|export)\s[^;]*?\sfrom|import)\s'([^']+)';$/gm),
        ...text.matchAll(/\bimport\('([^']+)'\)/g),
      ].map(([, target]) => target!);
      // The GPU folder imports its optional peers, when it is asked for a device.
      const peers = path.startsWith('gpu/') ? Object.keys(manifest(name).peerDependencies ?? {}) : [];
      const foreign = imported.filter(
        (target) => !target.startsWith('.') && !below.includes(target) && !peers.includes(target),
      );
      expect({ path, foreign }).toEqual({ path, foreign: [] });
      expect(text).not.toMatch(/\bprocess\.\w|\bBuffer\b|\brequire\(/);
    }
  });
});

describe('what users import', () => {
  test.each([...layers.map((name) => `@reparam/${name}`), 'reparam'])('%s is its build', (name) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', `console.log(import.meta.resolve('${name}')); await import('${name}');`],
      { cwd: fileURLToPath(packages), encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.trim()).toMatch(/\/dist\/index\.js$/);
  });

  test('every export has types and the sources beside it', () => {
    for (const name of [...layers, 'cli']) {
      expect(Object.keys(manifest(name).exports['.'])).toEqual(['@reparam/source', 'types', 'default']);
    }
  });
});
