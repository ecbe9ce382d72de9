import { type Variable, variable } from '@reparam/autograd';
import { type Tensor, tensor } from '@reparam/tensor';
import type { Work } from '../../diagnostics/work.ts';
import type { Bijector } from '../../flows/bijector.ts';
import { Continuous } from '../../flows/continuous.ts';
import { matrixVector } from '../../flows/dot.ts';
import type { ParametricLayer } from '../../flows/parametric-flow.ts';
import type { ParametricFunction } from '../../flows/parametric-function.ts';
import { planarLayer } from '../../flows/parametric-layers.ts';
import { Residual } from '../../flows/residual.ts';
import { type FlowKind, type FlowName, flows } from '../../flows/table.ts';
import { between, type Check, type GroundTruth, within } from '../ground-truth.ts';
import { inSequence } from '../in-sequence.ts';
import { flowMeasurement, type MeasureOptions } from '../measure-flow.ts';

/** What a continuous flow with its eight steps keeps of its promises; all others keep them to rounding. */
const precision = (name: string): number => (name === 'continuous' ? 1e-5 : 1e-9);
/** Of an integral on the grid: splines have kinks in their slopes, which it meets only so closely. */
const integralPrecision = 1e-4;

/** The promises of every flow, for one kind with random parameters. */
export function* verifyFlow(name: string, kind: FlowKind, options?: MeasureOptions): Work<Check[]> {
  const { logDetError, roundTripError, integral } = yield* flowMeasurement(kind, options);
  return [
    between(`${name}: log-determinant against ln |det J|`, 0, logDetError, 0, precision(name)),
    between(`${name}: there and back`, 0, roundTripError, 0, precision(name)),
    within(`${name}: ∫ e^logProb`, 1, integral, integralPrecision),
  ];
}

const float64 = { dtype: 'float64' } as const;

/** x ↦ Ax of the first coordinates, as many as A has columns. */
function linear(matrix: Tensor): ParametricFunction {
  const columns = matrix.shape[1]!;
  const map: ParametricFunction = {
    batchShape: [],
    apply: (x) => matrixVector(variable(matrix), x.slice([[0, columns]])),
    detach: () => map,
  };
  return map;
}

/** Of a linear map anywhere. */
function logDetOf(bijector: Bijector): Variable {
  return bijector.forwardAndLogDet(tensor([0.7, -1.4], float64)).logDet;
}

/**
 * One planar layer with wᵀu = −1.75, which as it is would fold the plane: û makes it −.84. Random layers seldom get there.
 */
export function planarChecks(layer: ParametricLayer = planarLayer(2, 'float64')): Check[] {
  const planar = layer.create(variable(tensor([-1.5, 0.5, 1, -0.5, 0.2], float64)), 0);
  const z = tensor([0.3, -0.7], float64);
  const { value, logDet } = planar.forwardAndLogDet(z);
  const [first, second] = value.toArray() as [number, number];
  const back = planar.inverseAndLogDet(value).value.sub(z).abs().max().item();
  const digits = 1e-6;
  return [
    within('planar, wᵀu = −1.75: first coordinate', -0.233382, first, digits),
    within('planar, wᵀu = −1.75: second coordinate', -0.606077, second, digits),
    within('planar, wᵀu = −1.75: log-determinant', -0.577532, logDet.item(), digits),
    between('planar, wᵀu = −1.75: there and back', 0, back, 0, precision('planar')),
  ];
}

/** Two linear flows, whose log-determinants are closed forms. */
export function linearChecks(): Check[] {
  const field = linear(
    tensor(
      [
        [0.3, -1],
        [1, -0.2],
      ],
      float64,
    ),
  );
  const g = linear(
    tensor(
      [
        [0.3, 0.2],
        [-0.1, 0.4],
      ],
      float64,
    ),
  );
  const continuous = new Continuous({ field, steps: 8, trace: 'exact' });
  return [
    within('continuous, dz/dt = Az: log-determinant tr A', 0.1, logDetOf(continuous).item(), 1e-12),
    within('residual, z + Lz: ln det(1 + L)', Math.log(1.84), logDetOf(new Residual(g)).item(), 1e-12),
  ];
}

export const flowInvariants: GroundTruth = {
  title: 'what holds for every flow',
  claim:
    'A density integrates to 1, a log-determinant is that of the Jacobian by differentiation, and the inverse undoes the ' +
    'flow: with random parameters in two dimensions.',
  source: 'change of variables; Chen et al. 2018; Behrmann et al. 2019',
  *verify() {
    const names = Object.keys(flows) as FlowName[];
    const checks = yield* inSequence(names.map((name) => verifyFlow(name, flows[name])));
    return { checks: [...checks.flat(), ...planarChecks(), ...linearChecks()], pictures: [] };
  },
};
