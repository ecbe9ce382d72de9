import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trainBriefly } from './page.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const present = existsSync(executablePath);
if (!present)
  console.warn(`No browser at ${executablePath} (set CHROMIUM to its path): browser tests are skipped.`);

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
];

/** Starts by itself, so that the page's own policy applies to it and not that of a debugger. */
const entry = `
  import { trainBriefly } from './page.ts';
  const generates = () => { try { return new Function('return true')(); } catch { return false; } };
  globalThis.trained = trainBriefly().then((result) => ({ ...result, generates: generates() }));
`;

/** The page as one script, for browsers and without Node: an import of a Node module would fail the build. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    conditions: ['@reparam/source'],
  });
  return outputFiles[0]!.text;
}

type OnPage = Awaited<ReturnType<typeof trainBriefly>> & { readonly generates: boolean };

describe.skipIf(!present)('in headless Chromium', () => {
  let close: () => Promise<void>;
  let open: (contentSecurityPolicy: string) => Promise<Page>;

  beforeAll(async () => {
    const script = await bundle();
    const browser = await chromium.launch({ executablePath, args: flags });
    close = () => browser.close();
    open = async (policy) => {
      const page = await browser.newPage();
      await page.route('http://reparam.test/**', (route) =>
        route.request().url().endsWith('.js')
          ? route.fulfill({ contentType: 'text/javascript', body: script })
          : route.fulfill({
              contentType: 'text/html',
              headers: { 'content-security-policy': policy },
              body: '<!doctype html><script src="/page.js"></script>',
            }),
      );
      await page.goto('http://reparam.test/');
      return page;
    };
  });

  afterAll(() => close?.());

  test.each([
    ['with generated kernels', "script-src 'self' 'unsafe-eval'", true],
    ['under a strict content security policy', "script-src 'self'", false],
  ])('a model trains %s, to the figures that Node comes to', async (_, policy, generates) => {
    const page = await open(policy);
    const there = (await page.evaluate('trained')) as OnPage;
    const here = await trainBriefly();
    expect(there.generates).toBe(generates);
    expect(Number.isFinite(here.heldOutElbo)).toBe(true);
    // Another version of V8 may round exp or log differently in the last place.
    expect(there.heldOutElbo).toBeCloseTo(here.heldOutElbo, 2);
    expect(there.checkpoint.length).toBe(here.checkpoint.length);
    await page.close();
  });
});
