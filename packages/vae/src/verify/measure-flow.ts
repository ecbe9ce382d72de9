import { meshgrid, noGrad, slogdet, stack, Variable } from '@reparam/autograd';
import { linspace, normal, RandomKey } from '@reparam/tensor';
import { finish, type Work } from '../diagnostics/work.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Bijector, Transformed } from '../flows/bijector.ts';
import type { Flow } from '../flows/flow.ts';
import { FlowDistribution } from '../flows/flow-distribution.ts';
import { perExampleJacobian } from '../flows/per-example-jacobian.ts';
import type { FlowKind } from '../flows/table.ts';
import { stage } from './stage.ts';

/** How far a flow with random parameters is from what it must be, in two dimensions and float64. */
export interface FlowMeasurement {
  /** Largest |logDet − ln|det J||, J the Jacobian by differentiation, in both directions. */
  readonly logDetError: number;
  /** Largest error of a coordinate there and back, either way round. */
  readonly roundTripError: number;
  /** ∫ e^{logProb} over a grid, for a standard normal base. */
  readonly integral: number;
}

export interface MeasureOptions {
  readonly layers?: number;
  /** Standard deviation of what is added to each parameter; 0.15 unless told. */
  readonly disturbance?: number;
  readonly seed?: number;
}

const points = 200;
/** Of the grid of the integral, in each dimension. */
const gridPoints = 281;
/** Of its points that are mapped together. */
const rowsAtOnce = 7;
/** asinh of how far the grid reaches: to ±27. */
const gridReach = 4;

/** Measures a kind of flow on normal points and on an even grid. */
export function measureFlow(kind: FlowKind, options?: MeasureOptions): FlowMeasurement {
  return finish(flowMeasurement(kind, options));
}

/** The same, a few rows of the grid at a time. */
export function* flowMeasurement(
  kind: FlowKind,
  { layers = 2, disturbance = 0.15, seed = 0 }: MeasureOptions = {},
): Work<FlowMeasurement> {
  const [keyFlow, keyNoise, keyPoints] = RandomKey.fromSeed(seed).split(3) as [
    RandomKey,
    RandomKey,
    RandomKey,
  ];
  const flow = kind.create({ dimensions: 2, layers, hidden: [8], key: keyFlow, dtype: 'float64' });
  disturbParameters(flow, keyNoise, disturbance);
  const bijector = flow.at();
  const z = new Variable(normal(keyPoints, [points, 2], { dtype: 'float64' }));
  const forward = (point: Variable): Transformed => bijector.forwardAndLogDet(point);
  const inverse = (point: Variable): Transformed => bijector.inverseAndLogDet(point);
  // In turns, which are long where a flow is computed by iteration.
  const measurements = [
    () => logDetError(forward, z),
    () => logDetError(inverse, z),
    () => roundTripError(forward, inverse, z),
    () => roundTripError(inverse, forward, z),
  ];
  const total = measurements.length + gridPoints;
  const errors: number[] = [];
  for (const measure of measurements) {
    errors.push(noGrad(measure));
    yield { done: errors.length / total, total: 1 };
  }
  const [ofForward, ofInverse, there, back] = errors as [number, number, number, number];
  return {
    logDetError: Math.max(ofForward, ofInverse),
    roundTripError: Math.max(there, back),
    integral: yield* stage(integralOfDensity(bijector), measurements.length / total, 1),
  };
}

/** Adds normal noise to every parameter, so that a flow which starts as the identity is none. */
export function disturbParameters(flow: Flow, key: RandomKey, standardDeviation: number): void {
  flow.parameters().forEach((parameter, index) => {
    const dtype = parameter.dtype === 'float64' ? 'float64' : 'float32';
    const noise = normal(key.foldIn(index), parameter.shape, { standardDeviation, dtype });
    parameter.assign(noGrad(() => parameter.add(noise)).value);
  });
}

function logDetError(map: (z: Variable) => Transformed, z: Variable): number {
  const { jacobian } = perExampleJacobian((point) => map(point).value, z);
  return largest(slogdet(jacobian).logAbsDet.sub(map(z).logDet));
}

function roundTripError(
  there: (z: Variable) => Transformed,
  back: (z: Variable) => Transformed,
  z: Variable,
): number {
  return largest(back(there(z).value).value.sub(z));
}

/**
 * By the trapezoidal rule in u = asinh y, whose points are dense where the mass is and reach far. For smooth functions
 * that vanish at the ends it is exact to far below its spacing.
 */
function* integralOfDensity(bijector: Bijector): Work<number> {
  const distribution = new FlowDistribution(DiagonalNormal.standard(2, 'float64'), [bijector]);
  const spacing = (2 * gridReach) / (gridPoints - 1);
  const u = new Variable(linspace(-gridReach, gridReach, gridPoints, { dtype: 'float64' }));
  let total = 0;
  for (let row = 0; row < gridPoints; row += rowsAtOnce) {
    total += noGrad(() => {
      const rows = u.slice([[row, Math.min(row + rowsAtOnce, gridPoints)]]);
      const [first, second] = meshgrid([rows, u]) as [Variable, Variable];
      const grid = stack([first.flatten(), second.flatten()], -1);
      const logStretch = grid.cosh().log().sum({ axes: -1 });
      return distribution.logProb(grid.sinh()).add(logStretch).exp().sum().item();
    });
    yield { done: Math.min(row + rowsAtOnce, gridPoints), total: gridPoints };
  }
  return total * spacing ** 2;
}

function largest(errors: Variable): number {
  return errors.abs().max().item();
}
