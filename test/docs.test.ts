import { readdirSync, readFileSync } from 'node:fs';
import { operationTable } from '@reparam/autograd';
import { flows } from '@reparam/vae';
import { describe, expect, test } from 'vitest';
import { renderAccuracy } from '../docs/accuracy-page.ts';
import { renderFlows } from '../docs/flows-page.ts';
import { renderOperations } from '../docs/operations-page.ts';
import { vectorFunctions } from '../packages/tensor/src/wasm/math/table.ts';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

describe('the documentation', () => {
  test('lists the operations as they are (npm run docs)', () => {
    const page = read('docs/ops.md');
    // The errors are as measured when the page was made; all else follows from the table.
    const measured = new Map(
      [...page.matchAll(/^\| `(\w+)` \|.*\| (\S+, \S+) \|$/gm)].map(([, name, errors]) => [name!, errors!]),
    );
    expect(page).toBe(renderOperations(measured));
    for (const { name } of operationTable) {
      const [first, second] = measured.get(name)!.split(', ').map(Number);
      expect(first, name).toBeLessThanOrEqual(1e-9);
      expect(second, name).toBeLessThanOrEqual(1e-7);
    }
  });

  test('lists the flows as they are (npm run docs)', () => {
    const page = read('docs/flows.md');
    const measured = new Map(
      [...page.matchAll(/^\| `([\w-]+)` \|.* \| (\S+) \| (\S+) \| (\S+) \|$/gm)].map(
        ([, name, logDet, roundTrip, integral]) => [
          name!,
          { logDet: logDet!, roundTrip: roundTrip!, integral: integral! },
        ],
      ),
    );
    expect([...measured.keys()]).toEqual(Object.keys(flows));
    expect(page).toBe(renderFlows(measured));
  });

  test('lists the accuracy of kernels as it is promised (npm run docs)', () => {
    const page = read('docs/accuracy.md');
    const found = new Map(
      [...page.matchAll(/^\| `([\w ]+)` \| [^|]+ \| ([^|]*) \| ([^|]*) \|$/gm)].map(
        ([, name, deterministic, otherwise]) => [
          name!,
          { deterministic: deterministic!, otherwise: otherwise! },
        ],
      ),
    );
    expect(page).toBe(renderAccuracy(found, found));
    for (const [name, { ulp }] of Object.entries(vectorFunctions)) {
      const { deterministic, otherwise } = found.get(name)!;
      expect(Math.max(Number(deterministic), Number(otherwise)), name).toBeLessThanOrEqual(ulp);
    }
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
