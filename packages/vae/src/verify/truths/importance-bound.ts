import { noGrad } from '@reparam/autograd';
import { full, RandomKey } from '@reparam/tensor';
import { type Measured, measure } from '../../diagnostics/measured.ts';
import type { Work } from '../../diagnostics/work.ts';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import type { ImportanceOptions, ImportanceTerms } from '../../objectives/importance.ts';
import { iwae } from '../../objectives/iwae.ts';
import { type Check, type GroundTruth, within } from '../ground-truth.ts';

/** z ~ N(0, 1), x|z ~ N(z, noiseVariance), seen at x through q = N(location, scale²). */
interface Conjugate {
  readonly x: number;
  readonly noiseVariance: number;
  readonly location: number;
  readonly scale: number;
}

interface BoundRow extends Conjugate {
  readonly name: string;
  readonly logEvidence: number;
  /** L_K by K, by quadrature. */
  readonly bounds: readonly (readonly [samples: number, bound: number])[];
}

const rows: readonly BoundRow[] = [
  {
    name: 's = 1, x = 1, q the prior',
    x: 1,
    noiseVariance: 1,
    location: 0,
    scale: 1,
    logEvidence: -1.515512,
    bounds: [
      [1, -1.918939],
      [2, -1.653474],
      [5, -1.557411],
      [10, -1.534942],
      [50, -1.519199],
      [500, -1.515877],
    ],
  },
  {
    name: 's = .5, x = 2, q = N(1, .8²)',
    x: 2,
    noiseVariance: 0.5,
    location: 1,
    scale: 0.8,
    logEvidence: -2.455004,
    bounds: [
      [1, -2.755508],
      [2, -2.556919],
      [5, -2.486833],
      [10, -2.469904],
      [50, -2.457848],
      [500, -2.455286],
    ],
  },
];

/** Draws of z at each K, which put the standard errors below 1e-3. */
const allDraws = 2_000_000;
const drawsAtOnce = 20_000;
/** Targets are quoted to six digits. */
const quoted = 1e-6;

export type Bound = (options: ImportanceOptions) => Pick<ImportanceTerms, 'bound' | 'effectiveSamples'>;

/** Every bound of both rows, and those of the exact posteriors. `bound` takes the place of the library's own. */
export function* verifyBounds(bound: Bound = iwae, draws = allDraws): Work<Check[]> {
  const checks: Check[] = [];
  const total = rows.reduce((sum, { bounds }) => sum + bounds.length * draws, 0);
  let done = 0;
  for (const row of rows) {
    for (const [samples, target] of row.bounds) {
      const key = RandomKey.fromSeed(samples).foldIn(checks.length);
      const estimates: number[] = [];
      for (let drawn = 0; drawn < draws; drawn += drawsAtOnce) {
        estimates.push(boundOf(bound, row, samples, key.foldIn(drawn)).value);
        done += drawsAtOnce;
        yield { done, total };
      }
      checks.push(near(`${row.name}: L_${samples}`, target, measure(estimates)));
    }
    checks.push(...withPosterior(bound, row));
  }
  return checks;
}

/** The mean of as many bounds as there are draws for. */
function boundOf(
  bound: Bound,
  { x, noiseVariance, location, scale }: Conjugate,
  samples: number,
  key: RandomKey,
): { readonly value: number; readonly effectiveSamples: number } {
  const float64 = { dtype: 'float64' } as const;
  const shape = [drawsAtOnce / samples, 1];
  const terms = noGrad(() =>
    bound({
      x: full(shape, x, float64),
      posterior: DiagonalNormal.fromScale(full(shape, location, float64), scale),
      prior: DiagonalNormal.standard(1, 'float64'),
      decode: (z) => DiagonalNormal.fromScale(z, Math.sqrt(noiseVariance)),
      key,
      samples,
    }),
  );
  return { value: terms.bound.item(), effectiveSamples: terms.effectiveSamples.item() };
}

/** With q = N(x/(1 + s), s/(1 + s)) every weight is p(x), whatever is drawn. */
function withPosterior(bound: Bound, row: BoundRow): Check[] {
  const { x, noiseVariance } = row;
  const shrunk = 1 / (1 + noiseVariance);
  const samples = 50;
  const exact = { x, noiseVariance, location: x * shrunk, scale: Math.sqrt(noiseVariance * shrunk) };
  const { value, effectiveSamples } = boundOf(bound, exact, samples, RandomKey.fromSeed(0));
  const name = `x = ${x}, q the posterior`;
  return [
    within(`${name}: L_${samples} = ln p`, row.logEvidence, value, quoted),
    within(`${name}: effective draws of ${samples}`, samples, effectiveSamples, 1e-9),
  ];
}

function near(quantity: string, target: number, { value, standardError }: Measured): Check {
  return within(`${quantity} ± ${standardError.toExponential(0)}`, target, value, 4 * standardError + quoted);
}

export const importanceBound: GroundTruth = {
  title: 'importance-weighted bound of a conjugate model',
  claim:
    'L_K = E ln (1/K) Σ p(x, zₖ)/q(zₖ) grows from the ELBO to ln p(x) with K, and is ln p(x) at once where q is the ' +
    'posterior. Accepted within 4 standard errors of the draws.',
  source: 'Burda et al. 2016, equation 8; L_K by quadrature',
  *verify() {
    return { checks: yield* verifyBounds(), pictures: [] };
  },
};
