import { between, within } from '@reparam/vae';
import { parseHTML } from 'linkedom';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import type { TruthOutcome } from './outcome.ts';
import { renderConclusion, renderOutcome } from './render-outcome.ts';
import { renderVerifyPage } from './render-verify-page.ts';

const right: TruthOutcome = {
  name: 'A',
  title: 'linear VAE is PCA',
  claim: 'The optimum of a linear VAE is known.',
  source: 'Lucas et al. 2019',
  seconds: 1.25,
  checks: [
    within('−ELBO, q = 2', 9.5, 9.5000049, 0.01),
    between('KL', 0, 0.02, -Infinity, 0.05),
    within('units', 2, 2, 0),
  ],
  pictures: [{ title: 'a <picture>', height: 1, width: 3, values: Float64Array.of(0, 1, 2) }],
  holds: true,
};
const wrong: TruthOutcome = {
  ...right,
  name: 'B',
  checks: [within('gap', -1, -2, 0.5)],
  pictures: [],
  error: 'It stopped.',
  holds: false,
};

test('an outcome says target, reached and accepted of each check', () => {
  expect(renderOutcome(right)).toBe(
    [
      '✓ A  linear VAE is PCA (1.3 s)',
      '    ✓ −ELBO, q = 2  target 9.5  reached 9.5   accepted 9.49 … 9.51',
      '    ✓ KL            target 0    reached 0.02  accepted ≤ 0.05',
      '    ✓ units         target 2    reached 2     accepted 2',
    ].join('\n'),
  );
  expect(renderOutcome(wrong)).toBe(
    [
      '✗ B  linear VAE is PCA (1.3 s)',
      '    ✗ gap  target −1  reached −2  accepted −1.5 … −0.5',
      '    ✗ It stopped.',
    ].join('\n'),
  );
});

test('the conclusion counts, and names what failed', () => {
  expect(renderConclusion([right], 3)).toBe('1 of 1 ground truth holds, 3 of 3 checks, in 3 s.');
  expect(renderConclusion([right, wrong], 61)).toBe(
    '1 of 2 ground truths holds, 3 of 4 checks, in 61 s. Not so: B.',
  );
});

test('the page has a table and the pictures of each truth, larger values darker', () => {
  const page = renderVerifyPage({ outcomes: [right, wrong], seconds: 5, generatedAt: new Date(0) });
  const { document } = parseHTML(page);
  const rows = [...document.querySelectorAll('tbody tr')].map((row) => row.textContent);
  expect(rows).toEqual([
    '✓−ELBO, q = 29.59.59.49 … 9.51',
    '✓KL00.02≤ 0.05',
    '✓units222',
    '✗gap−1−2−1.5 … −0.5',
  ]);
  expect(document.querySelector('aside')!.textContent).toBe('It stopped.');
  const image = document.querySelector('img')!;
  expect(image.getAttribute('alt')).toBe('a <picture>');
  const { data } = PNG.sync.read(Buffer.from(image.getAttribute('src')!.split(',')[1]!, 'base64'));
  expect([data[0], data[4], data[8]]).toEqual([255, 128, 0]);
  expect(page).toContain("default-src 'none'");
});
