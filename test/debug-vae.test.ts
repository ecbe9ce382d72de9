import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  add,
  detectAnomalies,
  formatProfile,
  mul,
  NonFiniteError,
  profile,
  softplus,
  traceBackward,
  type Variable,
  variable,
} from '@reparam/autograd';
import { fromTypedArray, RandomKey, uniform } from '@reparam/tensor';
import { DiagonalNormal, elbo, train } from '@reparam/vae';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { tinyRun } from './support/tiny-run.ts';

const key = RandomKey.fromSeed(3);
const batch = uniform(key, [8, 6]);
const run = tinyRun({ features: 6, latent: 2, hidden: [5], activation: 'softplus' });
const vae = run.model;

/** The line of this file that ends in a remark. */
function lineOf(remark: string): number {
  const lines = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\n');
  return lines.findIndex((line) => line.endsWith(`// ${remark}`)) + 1;
}

beforeAll(async () => {
  const dataset = { name: 'noise', examples: batch };
  for await (const event of train(run, { train: dataset, heldOut: dataset })) {
    if (event.kind === 'step' && event.step === 3) break;
  }
});

describe('the debugger, on a VAE after a few steps', () => {
  afterEach(() => vi.restoreAllMocks());

  const wrongSteps = () =>
    traceBackward(vae.elbo(batch, key).loss).steps.filter(({ verdict }) => verdict.kind === 'differs');

  test('finds nothing wrong with it', () => {
    const { steps } = traceBackward(vae.elbo(batch, key).loss);
    expect(steps.length).toBeGreaterThan(30);
    expect(steps.map(({ operation, verdict }) => [operation, verdict.kind])).toEqual(
      steps.map(({ operation }) => [operation, 'agrees']),
    );
  });

  test('points at a rule that lost a factor, wherever it is used, and at no other', () => {
    // ln(1 + eˣ)′ is sigmoid(x), not 1.
    vi.spyOn(softplus.operation.rules!, 'vjp').mockImplementation((_, cotangent) => cotangent);
    const { steps } = traceBackward(vae.elbo(batch, key).loss);
    const used = steps.filter(({ operation }) => operation === 'softplus').map(({ position }) => position);
    expect(used.length).toBeGreaterThan(1);
    expect(wrongSteps().map(({ position }) => position)).toEqual(used);
  });

  test('points at a sum that gives one of its terms half of its share', () => {
    const { rules } = add.operation;
    const vjp = rules!.vjp.bind(rules);
    vi.spyOn(rules!, 'vjp').mockImplementation((index, cotangent, context) => {
      const contribution = vjp(index, cotangent, context);
      return index === 1 && contribution ? mul(contribution, 0.5) : contribution;
    });
    const wrong = wrongSteps();
    expect(wrong.length).toBeGreaterThan(0);
    for (const { operation, verdict } of wrong) {
      expect(operation).toBe('add');
      expect(verdict).toMatchObject({ kind: 'differs' });
    }
  });
});

describe('NaN blame, on a VAE', () => {
  /** The bound with a posterior made of what a network might say, by a head with a mistake in it. */
  const boundWith = (posterior: (location: Variable) => DiagonalNormal): Variable =>
    elbo({
      x: batch,
      posterior: posterior(vae.encode(batch).mean()),
      prior: DiagonalNormal.standard(2),
      decode: (z) => vae.decode(z),
      key,
    }).loss;
  const blame = (fn: () => unknown): NonFiniteError => {
    try {
      detectAnomalies(fn);
    } catch (error) {
      if (error instanceof NonFiniteError) return error;
      throw error;
    }
    throw new Error('no anomaly was found');
  };

  test('finds nothing wrong with it, forward and backward', () => {
    expect(() => detectAnomalies(() => vae.elbo(batch, key).loss.backward())).not.toThrow();
  });

  test('names a logarithm of what may be negative, and the line', () => {
    const error = blame(() =>
      boundWith((location) => {
        const logScale = location.log(); // planted logarithm
        return DiagonalNormal.fromLogScale(location, logScale);
      }),
    );
    expect(error.operation).toBe('log');
    expect(error.anomaly).toMatchObject({ phase: 'forward', origin: 'made', shape: [8, 2] });
    expect(error.anomaly.callSite?.file).toMatch(/test\/debug-vae\.test\.ts$/);
    expect(error.anomaly.callSite?.line).toBe(lineOf('planted logarithm'));
    const [row, column] = error.anomaly.index as [number, number];
    const location = (vae.encode(batch).mean().toArray() as number[][])[row]![column]!;
    expect(location).toBeLessThan(0);
    expect(error.anomaly.inputs[0]!.element).toBeCloseTo(location, 6);
  });

  test('names an exponential that overflows inside the library by the line that asked for it', () => {
    const error = blame(() =>
      boundWith((location) => {
        const logScale = location.mul(0).add(100);
        return DiagonalNormal.fromLogScale(location, logScale); // planted overflow
      }),
    );
    expect(error).toMatchObject({ operation: 'exp', anomaly: { value: Infinity, index: [0, 0] } });
    expect(error.message).toContain('exp(100)');
    expect(error.anomaly.callSite?.line).toBe(lineOf('planted overflow'));
  });

  test('names what goes wrong on the way back by the line that ran it forwards', () => {
    const error = blame(() => {
      const spread = vae.encode(batch).mean().mul(0);
      const norms = spread.square().sum({ axes: 1 }).sqrt(); // planted root
      norms.sum().backward();
    });
    expect(error).toMatchObject({ operation: 'sqrt', anomaly: { phase: 'backward', index: [0] } });
    expect(error.anomaly.callSite?.line).toBe(lineOf('planted root'));
  });

  test('tells NaN in the data or in a parameter from NaN that was made', () => {
    const holed = batch.toTypedArray().with(20, Number.NaN);
    const data = variable(fromTypedArray(holed, [8, 6]), { name: 'data' });
    const inData = blame(() => vae.elbo(data, key).loss);
    expect(inData.anomaly).toMatchObject({ origin: 'given', index: [3, 2], shape: [8, 6] });
    expect(inData.message).toContain("the constant 'data' [8, 6] already holds NaN at [3, 2]");

    const bias = Object.entries(vae.namedParameters()).find(([name]) => name.endsWith('bias'))![1];
    const before = bias.value;
    bias.assign(fromTypedArray(before.toTypedArray().with(1, Number.NaN)));
    const inBias = blame(() => vae.elbo(batch, key).loss);
    bias.assign(before);
    expect(inBias.anomaly).toMatchObject({ origin: 'given', index: [1] });
    expect(inBias.message).toContain("the leaf 'bias'");
  });
});

test('the profile of a step accounts for its matrix products', () => {
  const { report } = profile(() => vae.elbo(batch, key).loss.backward());
  // Encoder: trunk and two heads; decoder: trunk and logits.
  expect(report.rows.find(({ operation }) => operation === 'matmul')?.calls).toBe(5);
  for (const line of formatProfile(report).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});
