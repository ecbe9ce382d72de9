import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import type { EpochRow, ReportContents } from './contents.ts';
import { renderReport } from './render-report.ts';

const nasty = `<script>alert("1")</script> & 'co'`;

function epochRow(epoch: number): EpochRow {
  return {
    epoch,
    step: 79 * epoch,
    trainElbo: -100 - 50 / epoch,
    trainReconstruction: -80 - 50 / epoch,
    trainKl: 20,
    heldOutElbo: -102 - 50 / epoch,
    heldOutReconstruction: -81 - 50 / epoch,
    heldOutKl: 21,
    beta: 1,
    activeUnits: 2,
    seconds: 5 * epoch,
  };
}

const contents: ReportContents = {
  title: 'A VAE of digits',
  dataName: 'digits',
  generatedAt: new Date('2026-11-21T01:43:00Z'),
  settings: { latent: '3', optimizer: 'adam' },
  history: [1, 2, 3, 4].map(epochRow),
  heldOut: { elbo: -114.5, reconstruction: -93.5, kl: 21 },
  klPerLatent: [0.001, 14, 7],
  activity: [0.0001, 0.9, 0.8],
  activeUnits: 2,
  activeThreshold: 0.01,
  latent: 3,
  seconds: 101,
  pictures: {
    samplesPng: new Uint8Array([
      137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 2, 0, 0, 0, 1, 0,
    ]),
    reconstructionsPng: new Uint8Array([1, 2, 3]),
    latentSvg: '<svg xmlns="http://www.w3.org/2000/svg"><text>ß</text></svg>',
    latentCaption: 'Each dot is an example; <crosses> are centres.',
  },
  commands: [{ purpose: 'Train on', command: 'npx reparam train --resume out' }],
  notes: ['Values were divided by 255.'],
};

function page(changes: Partial<ReportContents> = {}): { text: string; document: Document } {
  const text = renderReport({ ...contents, ...changes });
  return { text, document: parseHTML(text).document };
}

describe('renderReport', () => {
  test('is one page without a single outside reference', () => {
    const { text, document } = page();
    expect(text.startsWith('<!doctype html>')).toBe(true);
    expect(text.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
      /https?:\/\/|url\(|@import|<link|<script/,
    );
    for (const image of document.querySelectorAll('img'))
      expect(image.getAttribute('src')).toMatch(/^data:image\//);
    expect(document.querySelector('meta[http-equiv]')!.getAttribute('content')).toContain(
      "default-src 'none'",
    );
  });

  test('escapes everything from outside', () => {
    const { text, document } = page({
      title: nasty,
      dataName: nasty,
      settings: { [nasty]: nasty },
      commands: [{ purpose: nasty, command: nasty }],
      notes: [nasty],
    });
    expect(text).not.toContain('<script');
    expect(document.querySelector('script')).toBeNull();
    expect(document.title).toBe(`${nasty} · ${nasty}`);
    for (const selector of [
      'h1',
      '.facts strong',
      '.settings dt',
      '.settings dd',
      '.commands dt',
      'pre',
      '.notes li',
    ]) {
      expect(document.querySelector(selector)!.textContent.trim()).toBe(nasty);
    }
    expect(document.querySelector('img')!.getAttribute('alt')).toContain(nasty);
  });

  test('shows the results as a reader would say them', () => {
    const figures = [...page().document.querySelectorAll('.figures > div')].map((figure) =>
      [...figure.children].map(({ textContent }) => textContent),
    );
    expect(figures).toEqual([
      ['Held-out ELBO', '−114.5', 'nats per example, higher is better'],
      ['Reconstruction', '−93.50', 'nats, held out'],
      ['KL', '21.00', 'nats, held out'],
      ['Active units', '2', 'of 3'],
      ['Epochs', '4', '316 steps'],
      ['Time', '1 min 41 s', 'training'],
    ]);
    const time = page().document.querySelector('time')!;
    expect([time.getAttribute('datetime'), time.textContent]).toEqual([
      '2026-11-21T01:43:00.000Z',
      '21 November 2026, 01:43 UTC',
    ]);
  });

  test('carries the pictures whole, with their size and a text for those who do not see them', () => {
    const images = [...page().document.querySelectorAll('img')];
    expect(
      images.map((image) => image.getAttribute('alt')).every((alt) => alt !== null && alt.length > 20),
    ).toBe(true);
    const bytes = images.map((image) =>
      Buffer.from(image.getAttribute('src')!.split('base64,')[1]!, 'base64'),
    );
    expect(bytes.map((buffer) => buffer.length).sort((a, b) => a - b)).toEqual([
      3,
      24,
      Buffer.byteLength(contents.pictures.latentSvg),
    ]);
    const samples = images.find((image) => image.getAttribute('alt')!.includes('new examples'))!;
    expect([samples.getAttribute('width'), samples.getAttribute('height')]).toEqual(['512', '256']);
  });

  test('draws the curves and captions every figure', () => {
    const { document } = page();
    const captions = [...document.querySelectorAll('figure')].map(
      (figure) => figure.querySelector('figcaption strong')!.textContent,
    );
    expect(captions).toEqual([
      'Samples',
      'Latent space',
      'Reconstructions',
      'ELBO',
      'KL of each latent dimension',
      'Reconstruction',
      'KL',
      'Active units',
    ]);
    for (const chart of document.querySelectorAll('svg.chart')) {
      expect(chart.getAttribute('role')).toBe('img');
      expect(chart.getAttribute('aria-label')).toMatch(/chart of/);
    }
  });

  const bars = (document: Document) =>
    [...document.querySelectorAll('svg.chart g[aria-label="bar"] rect')].map((bar) => ({
      title: bar.querySelector('title')!.textContent,
      height: Number(bar.getAttribute('height')),
      fill: bar.getAttribute('fill'),
    }));

  test('sorts the bars of the latent dimensions and tells active from inactive', () => {
    const [first, second, third] = bars(page().document);
    expect([first, second, third].map((bar) => bar!.title)).toEqual([
      'z2: 14.000 nats',
      'z3: 7.000 nats',
      'z1: 0.001 nats',
    ]);
    expect(first!.height / second!.height).toBeCloseTo(2, 2);
    expect([first!.fill, second!.fill, third!.fill]).toEqual([
      'var(--held-out)',
      'var(--held-out)',
      'var(--faint)',
    ]);
  });

  test('shows the activity where the KL does not fall into parts', () => {
    const { klPerLatent, ...rest } = contents;
    expect(klPerLatent).toBeDefined();
    const { document } = parseHTML(renderReport(rest));
    expect(bars(document).map(({ title }) => title)).toEqual(['z2: 0.900', 'z3: 0.800', 'z1: 0.000']);
    const captions = [...document.querySelectorAll('figcaption')].map(({ textContent }) => textContent);
    expect(captions).toContain(
      'Activity of each latent dimension' +
        'Variance of the encoder’s mean. 2 of 3 active: those above 0.01, the dashed line.',
    );
  });

  test('shows beta only when it changes', () => {
    const names = (changes?: Partial<ReportContents>) =>
      [...page(changes).document.querySelectorAll('figcaption strong')].map(({ textContent }) => textContent);
    expect(names()).not.toContain('Beta');
    const annealed = contents.history.map((row) => ({ ...row, beta: row.epoch / 4 }));
    expect(names({ history: annealed })).toContain('Beta');
  });

  test('gives every number as a table, too', () => {
    const rows = [...page().document.querySelectorAll('table.history tbody tr')].map((row) =>
      [...row.querySelectorAll('td')].map(({ textContent }) => textContent),
    );
    expect(rows.length).toBe(4);
    expect(rows[1]).toEqual([
      '2',
      '158',
      '−125.0',
      '−127.0',
      '−105.0',
      '−106.0',
      '20.00',
      '21.00',
      '1.000',
      '2',
      '10.0',
    ]);
  });

  test('copes with a single epoch, a single latent dimension and many of both', () => {
    const one = page({
      history: [epochRow(1)],
      klPerLatent: [3],
      latent: 1,
      activeUnits: 1,
      notes: [],
      commands: [],
    });
    expect(one.text).not.toMatch(/NaN|undefined|Infinity/);
    expect(one.document.querySelector('.facts')!.textContent).toContain('1 latent dimension\n');
    const many = page({
      history: Array.from({ length: 500 }, (_, i) => epochRow(i + 1)),
      klPerLatent: Array.from({ length: 300 }, (_, i) => i / 100),
      activity: Array.from({ length: 300 }, (_, i) => i / 300),
      latent: 300,
    });
    expect(many.text).not.toMatch(/NaN|undefined|Infinity/);
    expect(many.document.querySelectorAll('table.history tbody tr').length).toBe(500);
  });

  test('uses only colours that follow the scheme in its charts', () => {
    const charts = [...page().document.querySelectorAll('svg.chart')].map((chart) => chart.outerHTML).join();
    const colours = new Set([...charts.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, colour]) => colour!));
    for (const colour of colours) expect(colour).toMatch(/^(none|currentColor|var\(--[a-z-]+\))$/);
  });
});
