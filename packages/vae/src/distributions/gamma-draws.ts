import { customGradient, noGrad, Variable } from '@reparam/autograd';
import {
  ArgumentError,
  allocate,
  type NumericArray,
  type RandomKey,
  ReparamError,
  Tensor,
} from '@reparam/tensor';
import { logGammaSlope } from './gamma-slope.ts';
import { drawByRejection } from './rejection.ts';

/**
 * ln x for draws x ~ Gamma(α, 1), one for each element of α: logarithms, because for small α the draws themselves
 * underflow. Their gradient by α is that of implicit reparameterisation, dx/dα = −(∂F/∂α)/(∂F/∂x) with the
 * distribution function F (Figurnov et al. 2018); it is exact, and there is no second one.
 * @throws ArgumentError unless all α are finite and above 0.
 */
export function logStandardGamma(key: RandomKey, concentration: Variable): Variable {
  return customGradient({
    name: 'logStandardGamma',
    forward: (alpha) => new Variable(drawLogarithms(key, alpha!.value)),
    vjp: (cotangent, { inputs, output }) => [cotangent.mul(slopeOfDraws(inputs[0]!, output))],
  })(concentration);
}

/**
 * The method of Marsaglia & Tsang (2000): with d = α − ⅓ and c = 1/√(9d), d(1 + c·ε)³ is accepted by a uniform number.
 * Below α = 1 it is a draw of α + 1 times u^(1/α).
 */
function drawLogarithms(key: RandomKey, concentration: Tensor): Tensor {
  const alpha = concentration.toTypedArray();
  requirePositive(alpha);
  const [keyDraw, keyBoost] = key.split(2) as [RandomKey, RandomKey];
  const logarithms = drawByRejection('logStandardGamma', keyDraw, alpha.length, (element, [u, v, w]) => {
    const d = Math.max(alpha[element]!, alpha[element]! < 1 ? alpha[element]! + 1 : 0) - 1 / 3;
    const epsilon = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
    const root = 1 + epsilon / Math.sqrt(9 * d);
    if (root <= 0) return undefined;
    const cube = root ** 3;
    const accepted = Math.log(w) < 0.5 * epsilon * epsilon + d * (1 - cube + 3 * Math.log(root));
    return accepted ? Math.log(d) + 3 * Math.log(root) : undefined;
  });
  const boosts = drawByRejection('logStandardGamma', keyBoost, alpha.length, (_, [u]) => Math.log(u));
  for (let i = 0; i < alpha.length; i++) if (alpha[i]! < 1) logarithms[i]! += boosts[i]! / alpha[i]!;
  return Tensor.wrap(allocate(concentration.dtype, logarithms), concentration.shape);
}

/** d ln x/dα at draws, itself without a derivative. */
const slopeOfDraws = customGradient({
  name: 'logStandardGamma gradient',
  forward: (concentration, logarithm) => {
    const alpha = concentration!.value.toTypedArray();
    const draws = logarithm!.value.toTypedArray();
    const digammas = noGrad(() => concentration!.cast('float64').add(1).digamma()).value.toTypedArray();
    const slopes = allocate(concentration!.dtype, alpha.length);
    for (let i = 0; i < slopes.length; i++) slopes[i] = logGammaSlope(alpha[i]!, draws[i]!, digammas[i]!);
    return new Variable(Tensor.wrap(slopes, concentration!.shape));
  },
  vjp: () => {
    throw new ReparamError(
      'logStandardGamma',
      'draws of Gamma, Beta and StudentT have first derivatives by their concentrations, but no second ones. ' +
        'Detach the concentrations, or differentiate logProb instead of draws.',
    );
  },
});

function requirePositive(alpha: NumericArray): void {
  const odd = alpha.find((value) => !(value > 0 && Number.isFinite(value)));
  if (odd === undefined) return;
  throw new ArgumentError(
    'logStandardGamma',
    'concentration',
    odd,
    `a concentration is ${odd}; draws need finite ones above 0, such as softplus gives.`,
  );
}
