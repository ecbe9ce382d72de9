import { ArgumentError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { latentDimension, type NoiseReading } from './latent-dimension.ts';

/**
 * The optimum of a linear VAE with as many latents as features at fixed σ² (Lucas et al. 2019): λ_i > σ² are active,
 * KL = ½ Σ ln(λ_i/σ²) over them, and the others cost λ_i/σ².
 */
function optimum(eigenvalues: readonly number[], noiseVariance: number): NoiseReading {
  const active = eigenvalues.filter((lambda) => lambda > noiseVariance);
  const rest = eigenvalues.filter((lambda) => lambda <= noiseVariance);
  const elbo =
    -0.5 *
    (eigenvalues.length * Math.log(2 * Math.PI) +
      active.reduce((sum, lambda) => sum + Math.log(lambda) + 1, 0) +
      rest.reduce((sum, lambda) => sum + Math.log(noiseVariance) + lambda / noiseVariance, 0));
  return {
    noiseVariance,
    elbo,
    kl: 0.5 * active.reduce((sum, lambda) => sum + Math.log(lambda / noiseVariance), 0),
  };
}

const variances = [1e-1, 1e-2, 1e-3, 1e-4];

describe('latentDimension', () => {
  test('reads 2 from the bounds of a plane in five dimensions', () => {
    const elbos = [-2.69, 0.764, 4.218, 7.672];
    const got = latentDimension(
      variances.map((noiseVariance, i) => ({ noiseVariance, elbo: elbos[i]! })),
      { features: 5 },
    );
    expect(got.dimension).toBe(2);
    // The bounds are quoted to .001, and a decade is 2.3.
    expect(got.fromElbo.dimension).toBeCloseTo(2, 3);
    expect(got.fromElbo.standardError).toBeLessThan(1e-3);
    expect(got.fromKl).toBeUndefined();
    expect(got.between).toHaveLength(3);
  });

  test.each([[[3, 1, 0, 0, 0]], [[3, 1, 0.7, 0.2, 0]], [[2, 0, 0, 0]]])(
    'of eigenvalues %o, exactly',
    (eigenvalues) => {
      const rank = eigenvalues.filter((lambda) => lambda > 0).length;
      const readings = variances.map((variance) => optimum(eigenvalues, variance));
      // In any order.
      const got = latentDimension([readings[2]!, readings[0]!, readings[3]!, readings[1]!], {
        features: eigenvalues.length,
      });
      expect(got.dimension).toBe(rank);
      for (const each of [got.fromElbo, got.fromKl!]) {
        expect(each.dimension).toBeCloseTo(rank, 10);
        expect(each.standardError).toBeCloseTo(0, 10);
      }
      for (const { fromElbo, fromKl } of got.between) {
        expect(fromElbo).toBeCloseTo(rank, 10);
        expect(fromKl).toBeCloseTo(rank, 10);
      }
    },
  );

  test('noise variances that are too large see fewer dimensions, and the pairs tell', () => {
    const readings = [2, 0.6, 1e-2, 1e-4].map((variance) => optimum([3, 1, 0.05, 0, 0], variance));
    const got = latentDimension(readings, { features: 5 });
    expect(got.between.map(({ fromKl }) => Math.round(fromKl!))).toEqual([1, 2, 3]);
    expect(got.between.at(-1)!.fromKl).toBeCloseTo(3, 10);
    expect(got.fromKl!.standardError).toBeGreaterThan(0.01);
  });

  test('takes the estimate that lies straighter', () => {
    const readings = variances.map((variance, i) => {
      const exact = optimum([3, 1, 0, 0, 0], variance);
      return { ...exact, elbo: exact.elbo + [0, 0, 0, -9][i]! };
    });
    const got = latentDimension(readings, { features: 5 });
    expect(Math.round(got.fromElbo.dimension)).not.toBe(2);
    expect(got.dimension).toBe(2);
  });

  test('its standard error is that of least squares', () => {
    // ln(1/σ²) = 0, 1, 2 and y = 0, 1, 0: slope 0, residuals −⅓, ⅔, −⅓, spread 2, so √((6/9)/1/2) for one slope.
    const readings = [0, 1, 2].map((x) => ({ noiseVariance: Math.exp(-x), elbo: x % 2 }));
    const { fromElbo } = latentDimension(readings, { features: 4 });
    expect(fromElbo.dimension).toBeCloseTo(4, 12);
    expect(fromElbo.standardError).toBeCloseTo(2 * Math.sqrt(1 / 3), 12);
  });

  test('two readings give a slope and no error', () => {
    const readings = [1e-2, 1e-3].map((variance) => optimum([3, 1, 0], variance));
    const got = latentDimension(readings, { features: 3 });
    expect(got.dimension).toBe(2);
    expect(got.fromElbo.standardError).toBeUndefined();
    expect(got.fromKl!.standardError).toBeUndefined();
  });

  test.each<[NoiseReading[], string]>([
    [[], 'there are readings at 0 noise variance(s); a slope needs at least 2 different ones.'],
    [
      [
        { noiseVariance: 0.1, elbo: 1 },
        { noiseVariance: 0.1, elbo: 2 },
      ],
      'there are readings at 1 noise variance(s)',
    ],
    [
      [
        { noiseVariance: 0, elbo: 1 },
        { noiseVariance: 1, elbo: 1 },
      ],
      'a reading has σ² 0, ELBO 1',
    ],
    [
      [
        { noiseVariance: 2, elbo: Number.NaN },
        { noiseVariance: 1, elbo: 1 },
      ],
      'a reading has σ² 2, ELBO NaN',
    ],
  ])('refuses %o', (readings, message) => {
    expect(() => latentDimension(readings, { features: 3 })).toThrow(ArgumentError);
    expect(() => latentDimension(readings, { features: 3 })).toThrow(`latentDimension: ${message}`);
  });
});
