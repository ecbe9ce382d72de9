import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reparam } from './command-line.ts';
import { useTemporaryFolder } from './support/temporary-folder.ts';

const folder = useTemporaryFolder();

test('reparam verify settles a ground truth in a thread of its own', () => {
  const { code, stdout } = reparam(folder.path, 'verify', '--only', 'g', '--out', 'proofs');
  expect(stdout).toMatch(/^✓ G {2}.* \(\d+\.\d s\)$/m);
  expect(stdout).toMatch(/^ {4}✓ .* target .* reached .* accepted /m);
  expect(stdout).toMatch(/^1 of 1 ground truth holds, .* Pictures are in proofs\/verify\.html$/m);
  expect(code).toBe(0);
  expect(readFileSync(`${folder.path}/proofs/verify.html`, 'utf8')).toContain('Questions with exact answers');
});
