import { noGrad } from '@reparam/autograd';
import { constantSchedule, linearSchedule } from '@reparam/nn';
import { RandomKey } from '@reparam/tensor';
import { LogWeights } from '../../diagnostics/log-weights.ts';
import { RunningMoments } from '../../diagnostics/running-moments.ts';
import type { Work } from '../../diagnostics/work.ts';
import type { Distribution } from '../../distributions/distribution.ts';
import type { ParametricLayer } from '../../flows/parametric-flow.ts';
import { planarLayer } from '../../flows/parametric-layers.ts';
import { densityOnSquare } from '../density-on-square.ts';
import { type Energy, type EnergyName, energies } from '../energies.ts';
import { fit } from '../fit.ts';
import {
  between,
  type Check,
  type GroundTruth,
  joinVerdicts,
  type TruthPicture,
  type Verdict,
} from '../ground-truth.ts';
import { inSequence } from '../in-sequence.ts';
import { PlanarStarts } from '../planar-starts.ts';
import { stage } from '../stage.ts';

/** How a flow is trained. */
export interface FlowFit {
  /** K; none is a diagonal Gaussian. */
  readonly layers: number;
  readonly starts: number;
  readonly steps: number;
  readonly learningRate: number;
}

const steps = 3000;
/** Short flows have many local optima, and starts cost them little. */
const fits: readonly FlowFit[] = [
  { layers: 0, starts: 8, steps, learningRate: 0.05 },
  { layers: 2, starts: 16, steps, learningRate: 0.1 },
  { layers: 8, starts: 8, steps, learningRate: 0.05 },
  { layers: 32, starts: 4, steps, learningRate: 0.02 },
];
const batch = 128;

/** Nats of KL that are reached by the reference, and those that are accepted. */
interface Gap {
  readonly reference: number;
  readonly accepted: number;
}

/** What a diagonal Gaussian reaches is its optimum, but for the draws that it is trained and measured on. */
const gaussian = (reference: number): Gap => ({ reference, accepted: reference + 0.03 });
/** The worst of three seeds of the reference, and a quarter more for a seed of our own. */
const short = (reference: number): Gap => ({ reference, accepted: 1.25 * reference });

/** By the number of layers. */
const gaps: Readonly<Record<EnergyName, Readonly<Record<number, Gap>>>> = {
  U1: { 0: gaussian(0.898), 2: short(0.227), 8: short(0.021), 32: { reference: 0.009, accepted: 0.02 } },
  U2: { 0: gaussian(1.753), 2: short(0.76), 8: short(0.22), 32: { reference: 0.023, accepted: 0.05 } },
  U3: { 0: gaussian(1.678), 2: short(0.81), 8: short(0.26), 32: { reference: 0.12, accepted: 0.2 } },
  U4: { 0: gaussian(1.6), 2: short(0.81), 8: short(0.27), 32: { reference: 0.13, accepted: 0.2 } },
};

/** What is known of q by importance sampling of e^{−U}. */
export interface Fitted {
  /** KL(q ‖ e^{−U}/Z) = E_q[ln q + U] + ln Z, in nats. */
  readonly kl: number;
  /** (Σw)²/Σw² of the weights w = e^{−U}/q as a share of their number. */
  readonly effectiveShare: number;
  /** ln of the mean weight. */
  readonly logPartition: number;
}

/** Trains the flow from all starts, and gives the one with the smallest KL. */
export function* fitFlow(
  { energy, logPartition }: Energy,
  { layers, starts, steps, learningRate }: FlowFit,
  layer: ParametricLayer,
  key: RandomKey,
): Work<Distribution> {
  const [keyStart, keyFit, keyChoice] = key.split(3) as [RandomKey, RandomKey, RandomKey];
  const all = new PlanarStarts({ layer, layers, starts, key: keyStart });
  // A single Gaussian fits one of two modes best, and at a high temperature it would settle between them.
  const inverseTemperature =
    layers === 0 ? constantSchedule(1) : linearSchedule({ from: 0.01, to: 1, over: steps / 2 });
  const training = fit({
    parameters: all.namedParameters(),
    loss: (key, step) => {
      const { sample, logProb } = all.distribution().sampleAndLogProb(key, [batch]);
      return logProb
        .add(energy(sample).mul(inverseTemperature(step)))
        .mean({ axes: 0 })
        .sum();
    },
    steps,
    learningRate,
    key: keyFit,
  });
  yield* stage(training, 0, 0.95);
  const choice = measure({ energy, logPartition }, all.distribution(), keyChoice, 20_000);
  const measured = yield* stage(choice, 0.95, 1);
  const best = measured.reduce((least, { kl }, start) => (kl < measured[least]!.kl ? start : least), 0);
  return all.distribution(best);
}

/** One measurement for each distribution of the batch. */
export function* measure(
  { energy, logPartition }: Energy,
  q: Distribution,
  key: RandomKey,
  draws: number,
): Work<Fitted[]> {
  const size = q.batchShape.reduce((product, length) => product * length, 1);
  const atOnce = 4000 / size;
  const weights = new LogWeights('planarEnergies', size);
  const moments = new RunningMoments(size);
  for (let drawn = 0; drawn < draws; drawn += atOnce) {
    const logWeights = noGrad(() => {
      const { sample, logProb } = q.sampleAndLogProb(key.foldIn(drawn), [atOnce]);
      return energy(sample).add(logProb).neg().reshape([atOnce, size]).value;
    });
    weights.add(logWeights.toTypedArray());
    moments.addRows(logWeights);
    yield { done: drawn + atOnce, total: draws };
  }
  const { logLikelihood, effectiveSampleSize } = weights.summary();
  return moments.means().map((mean, i) => ({
    kl: logPartition - mean,
    effectiveShare: effectiveSampleSize[i]! / draws,
    logPartition: logLikelihood[i]!,
  }));
}

export interface EnergyOptions {
  readonly fits?: readonly FlowFit[];
  /** Planar layers unless told. */
  readonly layer?: ParametricLayer;
}

/** Puts one energy to flows of every length. */
export function* verifyEnergy(
  name: EnergyName,
  { fits: wanted = fits, layer = planarLayer(2, 'float32') }: EnergyOptions = {},
): Work<Verdict> {
  const { energy, logPartition } = energies[name];
  const square = { reach: 5, pixels: 160 };
  const target = yield* stage(
    densityOnSquare((z) => energy(z).add(logPartition).neg(), square),
    0,
    0.01,
  );
  const pictures: TruthPicture[] = [{ title: `${name}: e^−U/Z`, values: target }];
  const checks: Check[] = [];
  // A layer costs about as much as the rest of two.
  const costs = wanted.map(({ layers, steps }) => (layers + 2) * steps);
  const whole = costs.reduce((sum, cost) => sum + cost, 0);
  let done = 0.01;
  for (const [index, flow] of wanted.entries()) {
    const key = RandomKey.fromSeed(2015).foldIn(flow.layers);
    const share = (0.99 * costs[index]!) / whole;
    const at = (part: number): number => done + part * share;
    const q = yield* stage(fitFlow(energies[name], flow, layer, key), at(0), at(0.9));
    const [fitted] = yield* stage(measure(energies[name], q, key.foldIn(1), 200_000), at(0.9), at(0.95));
    checks.push(...compare(name, flow.layers, fitted!));
    if (flow.layers > 0) {
      const values = yield* stage(
        densityOnSquare((z) => q.logProb(z), square),
        at(0.95),
        at(1),
      );
      pictures.push({ title: `${name}: planar flow, K = ${flow.layers}`, values });
    }
    done = at(1);
  }
  return { checks, pictures };
}

function compare(name: EnergyName, layers: number, fitted: Fitted): Check[] {
  const { reference, accepted } = gaps[name][layers]!;
  const { logPartition } = energies[name];
  const flow = `${name}, ${layers === 0 ? 'diagonal Gaussian' : `K = ${layers}`}`;
  // A divergence is not negative, but for the draws that it is measured on.
  const gap = between(`${flow}: KL(q ‖ p)`, reference, fitted.kl, -0.01, accepted);
  // The weights of a Gaussian have tails so long that nothing can be told from their mean.
  if (layers === 0) return [gap];
  return [
    gap,
    // e^(−2KL) for log-normal weights; few large ones, where q has too thin a tail, make it smaller.
    between(`${flow}: effective share of draws`, 1, fitted.effectiveShare, Math.exp(-8 * accepted), 1),
    // In expectation between ln Z − KL, by Jensen's inequality, and ln Z.
    between(`${flow}: ln Z`, logPartition, fitted.logPartition, logPartition - accepted, logPartition + 0.05),
  ];
}

/** One of the four, so that they can be spread. */
export function planarEnergy(name: EnergyName): GroundTruth {
  return {
    title: `planar flows on the energy ${name}`,
    claim:
      'Longer planar flows close the gap KL(q ‖ p) = E_q[ln q + U] + ln Z to p = e^−U/Z, which a Gaussian leaves.',
    source: 'Rezende & Mohamed 2015, table 1 and figure 3; ln Z by quadrature',
    verify: () => verifyEnergy(name),
  };
}

const parts = (Object.keys(energies) as EnergyName[]).map(planarEnergy);

export const planarEnergies: GroundTruth = {
  title: 'planar flows on the four energies',
  claim: parts[0]!.claim,
  source: parts[0]!.source,
  *verify() {
    return joinVerdicts(yield* inSequence(parts.map((part) => part.verify())));
  },
  parts,
};
