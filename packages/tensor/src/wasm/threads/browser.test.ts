import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../backend/reference/random.ts';
import { RandomKey } from '../../random/key.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const present = existsSync(executablePath);
if (!present) {
  console.warn(`No browser at ${executablePath} (set CHROMIUM to its path): browser tests are skipped.`);
}

const count = 10_001;
const seed = 12;

/** Asks for two threads, has them wait for each other, and draws normals on both. */
const entry = `
  import { RandomKey } from '../../random/key.ts';
  import { features } from '../features.ts';
  import { KernelMemory } from '../memory.ts';
  import { RandomKernels } from '../random/random-kernels.ts';
  import { KernelLibrary } from './kernel-library.ts';
  import { KernelRunner } from './kernel-runner.ts';
  import { rendezvous } from '../../../../../test/support/rendezvous.ts';

  async function main() {
    const memory = new KernelMemory();
    const library = new KernelLibrary(memory);
    const runner = new KernelRunner(library);
    const inUse = await runner.useThreads(2);
    const place = memory.allocate(4);
    memory.int32[place / 4] = 0;
    const { meet, meetAndFail } = rendezvous(library);
    const together = inUse.threads === 2 ? [meet, meet] : [meet];
    runner.run(together.map((kernel) => ({ kernel, args: [place, together.length] })));
    let failure = '';
    memory.int32[place / 4] = 0;
    try {
      runner.run([meet, meetAndFail].map((kernel) => ({ kernel, args: [place, inUse.threads] })));
    } catch (error) { failure = error.message; }
    const to = memory.allocate(${4 * count});
    const key = RandomKey.fromSeed(${seed}).words;
    runner.run(new RandomKernels(library).draw({ kind: 'normal', dtype: 'float32', key, count: ${count}, to }, 2));
    const bits = Array.from(memory.int32.subarray(to / 4, to / 4 + ${count}));
    return { inUse, failure, bits, isolated: crossOriginIsolated, features: features() };
  }
  globalThis.outcome = main();
`;

interface Outcome {
  readonly inUse: { readonly threads: number; readonly reason?: string };
  readonly failure: string;
  readonly bits: readonly number[];
  readonly isolated: boolean;
}

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

describe.skipIf(!present)('in headless Chromium', () => {
  let browser: Browser;
  let server: Server;

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: { contents: entry, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
      bundle: true,
      minify: true,
      write: false,
      format: 'iife',
      platform: 'browser',
    });
    const script = outputFiles[0]!.text;
    server = createServer(({ url }, response) => {
      const { pathname, searchParams } = new URL(url!, 'http://localhost');
      const isScript = pathname.endsWith('.js');
      response.writeHead(200, {
        'content-type': isScript ? 'text/javascript' : 'text/html',
        ...(searchParams.has('isolated') ? isolation : {}),
        ...(searchParams.has('policy') ? { 'content-security-policy': searchParams.get('policy')! } : {}),
      });
      response.end(isScript ? script : '<!doctype html><script src="/page.js"></script>');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function outcome(query: string): Promise<Outcome> {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/?${query}`);
    const result = (await page.evaluate('outcome')) as Outcome;
    await page.close();
    return result;
  }

  const expected = random('normal', RandomKey.fromSeed(seed), [count], 'float32').data;
  const expectedBits = Array.from(new Int32Array(expected.buffer));

  test('an isolated page has threads, and the bits of Node', async () => {
    const { inUse, failure, bits } = await outcome('isolated');
    expect(inUse).toEqual({ threads: 2 });
    expect(failure).toMatch(/^meetAndFail: stopped on thread [01] with "unreachable"/);
    expect(bits).toEqual(expectedBits);
  });

  test('another page says why it has one thread, with the same bits', async () => {
    const { inUse, bits, isolated } = await outcome('');
    expect(isolated).toBe(false);
    expect(inUse.threads).toBe(1);
    expect(inUse.reason).toContain('not cross-origin isolated');
    expect(bits).toEqual(expectedBits);
  });

  test('so does a page whose policy forbids workers', async () => {
    const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'";
    const { inUse, bits } = await outcome(`isolated&policy=${encodeURIComponent(policy)}`);
    expect(inUse.threads).toBe(1);
    expect(inUse.reason).toMatch(/^workers do not start: /);
    expect(bits).toEqual(expectedBits);
  });
});
