import { AutoregressiveFlow } from './autoregressive-flow.ts';
import { ContinuousFlow } from './continuous-flow.ts';
import { CouplingFlow } from './coupling-flow.ts';
import { gate, scaleAndShift, shift, standardization } from './elementwise-transform.ts';
import { defaultHidden, type Flow, type FlowOptions } from './flow.ts';
import { GlowFlow } from './glow-flow.ts';
import { ParametricFlow, type ParametricLayer } from './parametric-flow.ts';
import {
  householderLayer,
  householderSylvesterLayer,
  orthogonalSylvesterLayer,
  planarLayer,
  radialLayer,
  triangularSylvesterLayer,
} from './parametric-layers.ts';
import { rationalQuadraticSpline } from './rational-quadratic-spline.ts';
import { ResidualFlow } from './residual-flow.ts';
import { weightsBetween } from './weights-between.ts';

/**
 * How a direction is computed: in closed form; with a pass of the network for every dimension; or by iteration, to the
 * precision of the type or, for continuous flows, of the steps.
 */
export type Computation = 'closed' | 'passes' | 'iterative';

/** A kind of flow, as settings, tests and documentation know it. */
export interface FlowKind {
  readonly description: string;
  /** One layer, from noise to data. */
  readonly formula: string;
  /** ln |det| of that layer. */
  readonly logDet: string;
  readonly forward: Computation;
  readonly inverse: Computation;
  readonly minimumDimensions: number;
  /** A number of parameters that a layer has at least, told without making them. */
  layerSize(options: FlowSize): number;
  create(options: FlowOptions): Flow;
}

type FlowSize = Pick<FlowOptions, 'dimensions' | 'context' | 'hidden'>;

function parametric(
  layerFor: (dimensions: number, dtype: 'float32' | 'float64') => ParametricLayer,
): Pick<FlowKind, 'layerSize' | 'create'> {
  return {
    layerSize: ({ dimensions, context = 1 }) => context * layerFor(dimensions, 'float32').width,
    create: (options) =>
      new ParametricFlow(layerFor(options.dimensions, options.dtype ?? 'float32'), options),
  };
}

/** The weights of a layer's network, which looks at `seen` of the dimensions for numbers of as many others. */
function networkSize(seen: (dimensions: number) => number): FlowKind['layerSize'] {
  return ({ dimensions, context = 0, hidden = defaultHidden }) =>
    weightsBetween([seen(dimensions) + context, ...hidden, seen(dimensions)]);
}

const halfSeen = networkSize((dimensions) => Math.floor(dimensions / 2));
const allSeen = networkSize((dimensions) => dimensions);

const sylvester = {
  formula: 'z + QR·tanh(R̃Qᵀz + b)',
  logDet: 'Σ ln(1 + tanh′(aᵢ)·Rᵢᵢ·R̃ᵢᵢ), a = R̃Qᵀz + b',
  forward: 'closed',
  inverse: 'iterative',
  minimumDimensions: 1,
} as const;

/** All flows by name. */
export const flows = {
  planar: {
    description: 'bends along a plane (Rezende & Mohamed 2015)',
    formula: 'z + û·tanh(wᵀz + b), û = u + (softplus(wᵀu) − 1 − wᵀu)·w/‖w‖²',
    logDet: 'ln(1 + wᵀû·tanh′(wᵀz + b))',
    forward: 'closed',
    inverse: 'iterative',
    minimumDimensions: 1,
    ...parametric(planarLayer),
  },
  radial: {
    description: 'contracts or expands around a point (Rezende & Mohamed 2015)',
    formula: 'z + βh·(z − z₀), h = 1/(α + r), r = ‖z − z₀‖',
    logDet: '(D − 1)·ln(1 + βh) + ln(1 + αβh²)',
    forward: 'closed',
    inverse: 'closed',
    minimumDimensions: 1,
    ...parametric(radialLayer),
  },
  householder: {
    description: 'reflects; two layers rotate (Tomczak & Welling 2016)',
    formula: 'z − 2v(vᵀz)/‖v‖²',
    logDet: '0',
    forward: 'closed',
    inverse: 'closed',
    minimumDimensions: 1,
    ...parametric(householderLayer),
  },
  'sylvester-orthogonal': {
    ...sylvester,
    description:
      'many planar flows at once, Q the orthonormal matrix near a free one (van den Berg et al. 2018)',
    ...parametric(orthogonalSylvesterLayer),
  },
  'sylvester-householder': {
    ...sylvester,
    description: 'the same, Q a product of reflections',
    ...parametric(householderSylvesterLayer),
  },
  'sylvester-triangular': {
    ...sylvester,
    description: 'the same, Q the axes in order and in reverse by turns',
    ...parametric(triangularSylvesterLayer),
  },
  nice: {
    description: 'additive coupling (Dinh et al. 2015)',
    formula: 'y₁ = z₁, y₂ = z₂ + t(z₁)',
    logDet: '0',
    forward: 'closed',
    inverse: 'closed',
    minimumDimensions: 2,
    layerSize: halfSeen,
    create: (options) => new CouplingFlow(shift, options),
  },
  realnvp: {
    description: 'affine coupling (Dinh et al. 2017)',
    formula: 'y₁ = z₁, y₂ = z₂·eˢ + t, s = 2·tanh(ŝ(z₁)/2)',
    logDet: 'Σ s',
    forward: 'closed',
    inverse: 'closed',
    minimumDimensions: 2,
    layerSize: halfSeen,
    create: (options) => new CouplingFlow(scaleAndShift, options),
  },
  glow: {
    description: 'affine coupling, invertible linear map, actnorm (Kingma & Dhariwal 2018)',
    formula: 'coupling, then W = PL(U + diag s), then z·e^σ + μ',
    logDet: 'Σ s of the coupling + Σ ln s of W + Σ σ',
    forward: 'closed',
    inverse: 'closed',
    minimumDimensions: 2,
    layerSize: halfSeen,
    create: (options) => new GlowFlow(options),
  },
  maf: {
    description: 'masked autoregressive: densities in one pass (Papamakarios et al. 2017)',
    formula: 'yᵢ = zᵢ·e^{α(y₁…yᵢ₋₁)} + μ(y₁…yᵢ₋₁)',
    logDet: 'Σ α',
    forward: 'passes',
    inverse: 'closed',
    minimumDimensions: 1,
    layerSize: allSeen,
    create: (options) => new AutoregressiveFlow(standardization, 'inverse', options),
  },
  iaf: {
    description: 'inverse autoregressive: draws in one pass (Kingma et al. 2016)',
    formula: 'σ·z + (1 − σ)·m, σ = sigmoid(s), m and s of z₁…zᵢ₋₁',
    logDet: 'Σ ln σ',
    forward: 'closed',
    inverse: 'passes',
    minimumDimensions: 1,
    layerSize: allSeen,
    create: (options) => new AutoregressiveFlow(gate, 'forward', options),
  },
  'spline-coupling': {
    description: 'rational-quadratic spline, 8 bins on [−5, 5], coupling (Durkan et al. 2019)',
    formula: 'y₁ = z₁, y₂ = spline(z₂; z₁)',
    logDet: 'Σ ln spline′',
    forward: 'closed',
    inverse: 'closed',
    minimumDimensions: 2,
    layerSize: halfSeen,
    create: (options) => new CouplingFlow(rationalQuadraticSpline(), options),
  },
  'spline-autoregressive': {
    description: 'the same spline, autoregressive: draws in one pass',
    formula: 'yᵢ = spline(zᵢ; z₁…zᵢ₋₁)',
    logDet: 'Σ ln spline′',
    forward: 'closed',
    inverse: 'passes',
    minimumDimensions: 1,
    layerSize: allSeen,
    create: (options) => new AutoregressiveFlow(rationalQuadraticSpline(), 'forward', options),
  },
  residual: {
    description: 'a contraction added (Behrmann et al. 2019; Chen et al. 2019)',
    formula: 'z + g(z), Lipschitz constant of g below 1',
    logDet: 'ln det(1 + ∂g/∂z)',
    forward: 'closed',
    inverse: 'iterative',
    minimumDimensions: 1,
    layerSize: allSeen,
    create: (options) => new ResidualFlow(options),
  },
  continuous: {
    description: 'an ordinary differential equation (Chen et al. 2018), 8 Runge–Kutta steps',
    formula: 'dz/dt = f(z, t), t from 0 to 1',
    logDet: '∫ tr ∂f/∂z dt',
    forward: 'iterative',
    inverse: 'iterative',
    minimumDimensions: 1,
    layerSize: allSeen,
    create: (options) => new ContinuousFlow(options),
  },
} as const satisfies Readonly<Record<string, FlowKind>>;

export type FlowName = keyof typeof flows;
