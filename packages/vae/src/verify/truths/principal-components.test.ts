import { describe, expect, test } from 'vitest';
import { finish } from '../../diagnostics/work.ts';
import { elbo } from '../../objectives/elbo.ts';
import { passes } from '../ground-truth.ts';
import {
  eigenvalues,
  freeBitsOptimum,
  linearCases,
  principalComponents,
  verifyLinearCase,
} from './principal-components.ts';

const failures = (work: ReturnType<typeof verifyLinearCase>): readonly string[] =>
  finish(work)
    .filter((check) => !passes(check))
    .map(({ quantity }) => quantity);

describe('training reaches the optimum', () => {
  test.each([
    { latents: 2, noiseVariance: 'learned' },
    { latents: 4, noiseVariance: 0.5, klWeight: 8 },
    { latents: 4, noiseVariance: 0.5, freeBits: 0.25 },
  ] as const)('%j', (linearCase) => {
    expect(linearCases).toContainEqual(linearCase);
    expect(failures(verifyLinearCase(linearCase))).toEqual([]);
  });
});

test('a likelihood averaged over pixels beside a KL summed over latents does not', () => {
  const failed = failures(
    verifyLinearCase({ latents: 4, noiseVariance: 0.5 }, (options) => {
      const { kl, reconstruction } = elbo(options);
      return { loss: kl.sub(reconstruction.div(6)) };
    }),
  );
  expect(failed).toContain('q = 4, σ² = 0.5: −ELBO');
  expect(failed).toContain('q = 4, σ² = 0.5: active units');
});

test('the optimum with free bits is the best of its means', () => {
  // Both latents have q variance s and mean variance 1 − s with KL ¼ = −½ ln s; their sum tells of the third
  // direction, their difference of the fourth.
  const s = Math.exp(-0.5);
  const [, , third, fourth] = eigenvalues;
  let left = Infinity;
  for (let share = 0; share <= 1; share += 1e-4) {
    const [a, b] = [share * (1 - s), (1 - share) * (1 - s)];
    left = Math.min(left, third / (1 + (2 * a) / s) + fourth / (1 + (2 * b) / s));
  }
  // Two latents that pay leave σ² each, and two directions have no latent.
  const residual = 2 * 0.5 + left + 0.2 + 0.1;
  const reconstruction = -0.5 * (6 * Math.log(2 * Math.PI * 0.5) + residual / 0.5);
  expect(freeBitsOptimum.reconstruction).toBeCloseTo(reconstruction, 4);
  const charged = 0.5 * Math.log(8) + 0.5 * Math.log(4) + 0.5;
  expect(freeBitsOptimum.objective).toBeCloseTo(reconstruction - charged, 4);
});

test('nothing is trained before it is asked for, and progress goes from 0 to 1', () => {
  const work = principalComponents.verify();
  const first = work.next();
  if (first.done) throw new Error('it is over at once');
  expect(first.value.done / first.value.total).toBeGreaterThan(0);
  expect(first.value.done / first.value.total).toBeLessThan(0.001);
});
