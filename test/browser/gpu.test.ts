import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { referenceBackend } from '@reparam/tensor';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kernelCases } from './gpu-cases.ts';
import { type PageReport, trainBriefly } from './gpu-page.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const present = existsSync(executablePath);
if (!present)
  console.warn(`No browser at ${executablePath} (set CHROMIUM to its path): its GPU modes are not tested.`);

/** WebGPU and WebGL2 on SwiftShader, which computes on the CPU what a GPU would. */
const flags = [
  '--no-sandbox',
  '--no-first-run',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

const entry = `
  import { checkKernels } from './gpu-page.ts';
  globalThis.checkKernels = checkKernels;
`;

describe.skipIf(!present)('kernels in headless Chromium', () => {
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: { contents: entry, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
      bundle: true,
      write: false,
      format: 'iife',
      platform: 'browser',
      conditions: ['@reparam/source'],
    });
    script = outputFiles[0]!.text;
    browser = await chromium.launch({ executablePath, args: flags });
  });

  afterAll(() => browser?.close());

  test.each(['webgl2', 'webgpu'] as const)('%s', async (mode) => {
    const page = await browser.newPage();
    await page.route('http://localhost/**', (route) =>
      route.request().url().endsWith('.js')
        ? route.fulfill({ contentType: 'text/javascript', body: script })
        : route.fulfill({
            contentType: 'text/html',
            body: '<!doctype html><script src="/page.js"></script>',
          }),
    );
    await page.goto('http://localhost/');
    const report = (await page.evaluate(`checkKernels('${mode}')`)) as PageReport;
    expect(report.mode).toBe(mode);
    expect(report.description.toLowerCase()).toContain('swiftshader');
    expect(report.outcomes.length).toBe(kernelCases.length);
    expect(report.outcomes.filter(({ complaint }) => complaint !== undefined)).toEqual([]);
    // WebGPU keeps what was given back for later; WebGL2 has nothing left of it.
    if (mode === 'webgl2') expect(report.buffers[1]).toBe(report.buffers[0]);
    const expected = await trainBriefly(referenceBackend);
    expect(expected.at(-1)!).toBeLessThan(expected[0]! / 2);
    expected.forEach((loss, i) => {
      expect(Math.abs(report.losses[i]! - loss)).toBeLessThan(1e-4 * loss);
    });
    await page.close();
  });
});
