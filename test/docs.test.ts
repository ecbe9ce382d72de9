import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderOperations } from '../docs/operations-page.ts';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

describe('the documentation', () => {
  test('lists the operations as they are (npm run docs)', () => {
    expect(read('docs/ops.md')).toBe(renderOperations());
  });

  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(new URL('docs/', root)).map((name) => `docs/${name}`),
  ];
  test.each(pages.filter((page) => page.endsWith('.md')))('%s links to what exists', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target!);
    for (const link of links)
      expect(() => readFileSync(new URL(link, new URL(page, root)))).not.toThrow(/ENOENT/);
  });

  test('the README names scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read('README.md').matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script!);
    expect(named.length).toBeGreaterThan(0);
    for (const script of named) expect(Object.keys(scripts)).toContain(script);
  });
});
