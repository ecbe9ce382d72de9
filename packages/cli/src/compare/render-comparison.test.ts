import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import type { ComparedRun } from './contents.ts';
import { renderComparison } from './render-comparison.ts';

const run: ComparedRun = {
  name: 'plain <run>',
  dataName: 'letters',
  comparable: 'letters',
  heldOut: { elbo: -12.5, reconstruction: -10, kl: 2.5 },
  activeUnits: 1,
  latent: 2,
  parameters: '1,234',
  seconds: 61,
  settings: { latent: '2', prior: 'normal' },
  history: [1, 2].map((epoch) => ({
    epoch,
    step: epoch,
    trainElbo: -20,
    trainReconstruction: -19,
    trainKl: 1,
    heldOutElbo: -14 + epoch,
    heldOutReconstruction: -11,
    heldOutKl: 2,
    beta: 1,
    activeUnits: 1,
    seconds: epoch,
  })),
  pictures: {
    samplesPng: new Uint8Array(30),
    reconstructionsPng: new Uint8Array(30),
    latentSvg: '<svg/>',
    latentCaption: 'Dots.',
  },
};
const better: ComparedRun = {
  ...run,
  name: 'richer',
  heldOut: { elbo: -11, reconstruction: -9, kl: 2 },
  settings: { latent: '2', prior: 'vamp:20' },
};

function page(...runs: ComparedRun[]): { text: string; document: Document } {
  const text = renderComparison({ runs, generatedAt: new Date(0) });
  return { text, document: parseHTML(text).document as unknown as Document };
}

test('runs stand side by side, with the better bound marked', () => {
  const { text, document } = page(run, better);
  const rows = [...document.querySelectorAll('.figures-table tbody tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent),
  );
  expect(rows).toEqual([
    ['plain <run>', '−12.50', '−10.00', '2.50', '1 of 2', '1,234', '2', '1 min 1 s'],
    ['richer', '−11.00', '−9.00', '2.00', '1 of 2', '1,234', '2', '1 min 1 s'],
  ]);
  expect([...document.querySelectorAll('strong.holds')].map((best) => best.textContent)).toEqual(['−11.00']);
  expect(text).not.toContain('do not compare');
  expect(document.querySelectorAll('img')).toHaveLength(6);
  expect(text).toContain("default-src 'none'");
  expect(text).not.toContain('plain <run>');
});

test('what differs has a table, what all share is folded away', () => {
  const { document } = page(run, better);
  const table = [...document.querySelectorAll('[aria-label="Settings that differ"] tbody tr')];
  expect(table.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
    ['prior', 'normal', 'vamp:20'],
  ]);
  expect(document.querySelector('details')!.textContent).toContain('latent2');
  expect(page(run, { ...run, name: 'again' }).text).toContain('Nothing: the settings are the same.');
});

test('curves of all runs lie over each other, each in its colour', () => {
  const { document } = page(run, better);
  const chart = document.querySelector('svg.chart')!;
  const strokes = [...chart.querySelectorAll('[aria-label="line"]')].map((line) =>
    line.getAttribute('stroke'),
  );
  expect(new Set(strokes).size).toBe(2);
  expect([...chart.querySelectorAll('title')].map((title) => title.textContent)).toContain(
    'epoch 2, richer: −12.00',
  );
});

test('bounds on other examples are not ranked', () => {
  const { text, document } = page(run, { ...better, comparable: 'other letters' });
  expect(text).toContain('The bounds below do not compare');
  expect(document.querySelector('strong.holds')).toBeNull();
});

test('a run without its metrics has figures and pictures still', () => {
  const { document } = page({ ...run, history: [] }, { ...better, history: [] });
  expect(document.querySelectorAll('svg.chart')).toHaveLength(0);
  expect(document.querySelectorAll('img')).toHaveLength(6);
});
