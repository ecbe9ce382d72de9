import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, gradients } from '@reparam/autograd';
import { adam } from '@reparam/nn';
import { RandomKey } from '@reparam/tensor';
import { Vae } from '@reparam/vae';
import { expect, test } from 'vitest';
import { layouts } from './layouts.ts';
import { createProblem, noiseKey, readProblem, writeProblem } from './problem.ts';

test('a problem is the same when it is read back, and its losses are those of compiled steps', () => {
  const problem = createProblem('deep');
  const folder = mkdtempSync(join(tmpdir(), 'reparam-problem-'));
  const path = join(folder, 'deep.safetensors');
  writeProblem(path, problem);
  const read = readProblem(path);
  rmSync(folder, { recursive: true });
  expect(read.losses).toEqual(problem.losses);
  expect(Object.keys(read.parameters)).toEqual(Object.keys(problem.parameters));

  // Losses were computed in float64 and with the noise written out; here the model draws it, in float32.
  const model = new Vae(layouts[read.layout].settings, RandomKey.fromSeed(9));
  model.loadParameters(read.parameters);
  const optimizer = adam(model.namedParameters());
  const step = compile((key: RandomKey) => {
    const { loss } = model.elbo(read.x, key);
    optimizer.step(gradients(loss, model.parameters()).map(({ value }) => value));
    return loss;
  });
  for (const loss of problem.losses) expect(Math.abs(step(noiseKey).item() / loss - 1)).toBeLessThan(1e-5);
  expect(problem.losses[2]).toBeLessThan(problem.losses[0]!);
});
