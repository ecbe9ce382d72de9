import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GroundTruth, within } from '@reparam/vae';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { verifyPart } from '../verify/verify-part.ts';
import { verifyCommand } from './verify.ts';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'reparam-verify-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));
afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

const truth = (title: string, reached: number): GroundTruth => ({
  title,
  claim: 'It is one.',
  source: 'arithmetic',
  *verify() {
    yield { done: 1, total: 1 };
    return { checks: [within(title, 1, reached, 0.25)], pictures: [] };
  },
});
const truths = { A: truth('right', 1), B: truth('wrong', 2), C: truth('near', 1.2) };

async function verify(only?: string): Promise<{ out: string; code: number; page: string }> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void lines.push(text));
  const out = join(base, only ?? 'all');
  await verifyCommand({ ...(only && { only }), out }, truths, async ({ name }) =>
    verifyPart(truths[name as keyof typeof truths]),
  );
  const page = await readFile(join(out, 'verify.html'), 'utf8');
  return { out: lines.join('\n'), code: Number(process.exitCode ?? 0), page };
}

test('a single wrong answer makes the exit code 1', async () => {
  const { out, code, page } = await verify();
  expect(code).toBe(1);
  expect(out).toContain('✗ B  wrong');
  expect(out).toContain('2 of 3 ground truths hold, 2 of 3 checks');
  expect(page).toContain('B · wrong');
});

test('some of them can be asked for', async () => {
  const { out, code, page } = await verify('c, a');
  expect(code).toBe(0);
  expect(out).toContain('2 of 2 ground truths hold');
  expect(page).not.toContain('wrong');
  await expect(verify('A,Q')).rejects.toThrow('There is no ground truth "Q"; there are A, B, C.');
});
