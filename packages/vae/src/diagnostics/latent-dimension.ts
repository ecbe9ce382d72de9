import { ArgumentError } from '@reparam/tensor';

/** A model trained to its optimum at one fixed noise variance σ² of its Gaussian decoder. */
export interface NoiseReading {
  /** σ² */
  readonly noiseVariance: number;
  /** Mean over examples, nats. */
  readonly elbo: number;
  /** Mean KL, nats; it gives a second estimate. */
  readonly kl?: number;
}

/** A number of dimensions read from a slope, and the standard error of the line through the readings. */
export interface SlopeEstimate {
  readonly dimension: number;
  /** Undefined for two readings, through which every line goes. */
  readonly standardError: number | undefined;
}

export interface LatentDimension {
  /** r: the nearest whole number to the estimate. */
  readonly dimension: number;
  /** D − 2·d ELBO/d ln(1/σ²) */
  readonly fromElbo: SlopeEstimate;
  /** 2·d KL/d ln(1/σ²), where all readings have a KL. */
  readonly fromKl?: SlopeEstimate;
  /** The same for each pair of neighbours, from large σ² to small: it settles where σ² is below what latents explain. */
  readonly between: readonly {
    readonly noiseVariances: readonly [number, number];
    readonly fromElbo: number;
    readonly fromKl?: number;
  }[];
}

/**
 * How many latents the data need: on a manifold of r dimensions in D, the optimal bound grows by (D − r)/2 and its
 * KL by r/2 with each unit of ln(1/σ²), once σ² lies below all variance along the manifold (Dai & Wipf 2019,
 * theorem 2). The models need at least r latents; readings at σ² too large see too few dimensions, which `between`
 * shows. The whole number is of the estimate with the smaller standard error.
 * @param options.features D
 * @throws ArgumentError on fewer than two different noise variances, or numbers that are not finite.
 */
export function latentDimension(
  readings: readonly NoiseReading[],
  { features }: { readonly features: number },
): LatentDimension {
  requireReadings(readings);
  const sorted = readings.toSorted((a, b) => b.noiseVariance - a.noiseVariance);
  const precision = sorted.map(({ noiseVariance }) => -Math.log(noiseVariance));
  const elbo = sorted.map((reading) => reading.elbo);
  const kl = sorted.every((reading) => reading.kl !== undefined)
    ? sorted.map((reading) => reading.kl!)
    : undefined;

  const elboLine = slope(precision, elbo);
  const fromElbo = {
    dimension: features - 2 * elboLine.slope,
    standardError: elboLine.standardError && 2 * elboLine.standardError,
  };
  const klLine = kl && slope(precision, kl);
  const fromKl = klLine && {
    dimension: 2 * klLine.slope,
    standardError: klLine.standardError && 2 * klLine.standardError,
  };
  const best = fromKl && (fromKl.standardError ?? 0) < (fromElbo.standardError ?? 0) ? fromKl : fromElbo;
  const between = precision.slice(1).flatMap((right, i) => {
    const run = right - precision[i]!;
    if (run === 0) return [];
    return {
      noiseVariances: [sorted[i]!.noiseVariance, sorted[i + 1]!.noiseVariance] as const,
      fromElbo: features - (2 * (elbo[i + 1]! - elbo[i]!)) / run,
      ...(kl && { fromKl: (2 * (kl[i + 1]! - kl[i]!)) / run }),
    };
  });
  return { dimension: Math.round(best.dimension), fromElbo, ...(fromKl && { fromKl }), between };
}

/** Least squares. The standard error is from the residuals, with two degrees of freedom taken by the line. */
function slope(
  x: readonly number[],
  y: readonly number[],
): { slope: number; standardError: number | undefined } {
  const count = x.length;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / count;
  const [meanX, meanY] = [mean(x), mean(y)];
  const spread = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  const slope = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0) / spread;
  if (count === 2) return { slope, standardError: undefined };
  const residuals = x.reduce((sum, value, i) => sum + (y[i]! - meanY - slope * (value - meanX)) ** 2, 0);
  return { slope, standardError: Math.sqrt(residuals / (count - 2) / spread) };
}

function requireReadings(readings: readonly NoiseReading[]): void {
  const bad = readings.find(
    ({ noiseVariance, elbo, kl = 0 }) =>
      !(noiseVariance > 0 && noiseVariance < Infinity && Number.isFinite(elbo) && Number.isFinite(kl)),
  );
  const different = new Set(readings.map(({ noiseVariance }) => noiseVariance)).size;
  if (!bad && different >= 2) return;
  throw new ArgumentError(
    'latentDimension',
    'readings',
    readings,
    bad
      ? `a reading has σ² ${bad.noiseVariance}, ELBO ${bad.elbo} and KL ${bad.kl}; it needs σ² above 0 and finite bounds.`
      : `there are readings at ${different} noise variance(s); a slope needs at least 2 different ones.`,
  );
}
