import { noGrad, Variable, where } from '@reparam/autograd';
import {
  type DrawOptions,
  fromTypedArray,
  normal,
  type RandomKey,
  type Tensor,
  uniform,
} from '@reparam/tensor';
import type { ChainState, GeometricPath } from './path.ts';

type Floating = NonNullable<DrawOptions['dtype']>;

export interface Transition {
  readonly state: ChainState;
  /** The mean over chains of the probability to accept, for each example: [B] */
  readonly acceptance: Float64Array;
}

/** Steps vary by as much at random, lest trajectories come back to where they began (Neal 2011, §5.4.2.2). */
const jitter = 0.2;

/**
 * One step of Hamiltonian Monte Carlo with unit masses (Neal 2011, §5.3.2), which leaves f_β invariant: a fresh
 * momentum, leapfrog steps of about each example's own size, and a choice between the end of the trajectory and its
 * beginning. A trajectory that leaves the finite numbers is refused.
 */
export function hamiltonianTransition(
  path: GeometricPath,
  from: ChainState,
  beta: number,
  stepSizes: Float64Array,
  leapfrogSteps: number,
  key: RandomKey,
): Transition {
  const { chains, examples } = path;
  const [keyMomentum, keyAccept, keyJitter] = key.split(3) as [RandomKey, RandomKey, RandomKey];
  const dtype = from.position.dtype as Floating;
  const stepSize = noGrad(() =>
    new Variable(fromTypedArray(stepSizes, [1, examples, 1]).cast(dtype)).mul(
      uniform(keyJitter, [1, examples, 1], { low: 1 - jitter, high: 1 + jitter, dtype }),
    ),
  );
  const momentum = new Variable(normal(keyMomentum, from.position.shape, { dtype }));
  const end = leapfrog(path, from.position, momentum, beta, stepSize, leapfrogSteps);

  const energyBefore = energies(from, momentum, beta);
  const energyAfter = energies(end.state, end.momentum, beta);
  const thresholds = uniform(keyAccept, [chains * examples], { dtype: 'float64' }).toTypedArray();
  const acceptance = new Float64Array(examples);
  const accepted = energyBefore.map((before, i) => {
    const ratio = Math.exp(before - energyAfter[i]!);
    const probability = ratio >= 0 ? Math.min(1, ratio) : 0;
    acceptance[i % examples]! += probability / chains;
    return thresholds[i]! < probability ? 1 : 0;
  });
  return { state: choose(accepted, end.state, from), acceptance };
}

/** Half a step of the momentum, then whole steps of position and momentum in turn, and half a step of the momentum. */
function leapfrog(
  path: GeometricPath,
  start: Tensor,
  startMomentum: Variable,
  beta: number,
  stepSize: Variable,
  steps: number,
): { state: ChainState; momentum: Variable } {
  let { state, gradient } = path.stateAndGradient(start, beta);
  let momentum = noGrad(() => startMomentum.add(gradient.mul(stepSize).mul(0.5)));
  for (let step = 1; step <= steps; step++) {
    const position = noGrad(() => new Variable(state.position).add(momentum.mul(stepSize))).value;
    ({ state, gradient } = path.stateAndGradient(position, beta));
    const share = step < steps ? 1 : 0.5;
    momentum = noGrad(() => momentum.add(gradient.mul(stepSize).mul(share)));
  }
  return { state, momentum };
}

/** H = ½‖momentum‖² − ln f_β(z): [C·B] */
function energies({ initial, target }: ChainState, momentum: Variable, beta: number): Float64Array {
  const squares = noGrad(() => momentum.square().sum({ axes: -1 })).value.toTypedArray();
  return initial.map((value, i) => 0.5 * squares[i]! - (1 - beta) * value - beta * target[i]!);
}

function choose(accepted: Float64Array, proposed: ChainState, current: ChainState): ChainState {
  const { shape, dtype } = current.position;
  const mask = fromTypedArray(accepted, [...shape.slice(0, -1), 1]).cast(dtype);
  const pick = (field: 'initial' | 'target'): Float64Array =>
    accepted.map((yes, i) => (yes ? proposed : current)[field][i]!);
  return {
    position: noGrad(() => where(mask, proposed.position, current.position)).value,
    initial: pick('initial'),
    target: pick('target'),
  };
}
