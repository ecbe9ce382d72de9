import { exp, logSigmoid, sigmoid, tanh, Variable } from '@reparam/autograd';
import { zeros } from '@reparam/tensor';

export interface ElementwiseTransformed {
  /** Of the input's shape. */
  readonly value: Variable;
  /** ln ∂value/∂input of every element. */
  readonly logSlope: Variable;
}

/** An increasing function of one number, described by `width` others; all of them 0 is where training starts. */
export interface ElementwiseTransform {
  readonly width: number;
  /** x: [..., n], raw: [..., n, width] */
  forward(x: Variable, raw: Variable): ElementwiseTransformed;
  inverse(y: Variable, raw: Variable): ElementwiseTransformed;
}

/** y = x + t: no change of volume (NICE, Dinh et al. 2015). */
export const shift: ElementwiseTransform = {
  width: 1,
  forward: (x, raw) => withoutSlope(x.add(raw.squeeze(-1))),
  inverse: (y, raw) => withoutSlope(y.sub(raw.squeeze(-1))),
};

/** The largest |ln slope| of one layer: e² each way is enough, and cannot blow up (Ardizzone et al. 2019). */
const largestLogScale = 2;

/** y = x·eˢ + t with s = c·tanh(ŝ/c), c = 2 (RealNVP, Dinh et al. 2017, eq. 4). */
export const scaleAndShift: ElementwiseTransform = {
  width: 2,
  forward: (x, raw) => {
    const { s, t } = scaleAndOffset(raw);
    return { value: x.mul(exp(s)).add(t), logSlope: s };
  },
  inverse: (y, raw) => {
    const { s, t } = scaleAndOffset(raw);
    return { value: y.sub(t).mul(exp(s.neg())), logSlope: s.neg() };
  },
};

function scaleAndOffset(raw: Variable): { readonly s: Variable; readonly t: Variable } {
  const [rawScale, t] = raw.unstack(-1) as [Variable, Variable];
  return { s: tanh(rawScale.div(largestLogScale)).mul(largestLogScale), t };
}

/** u = (x − μ)·e^{−α}: what a masked autoregressive flow makes of data (Papamakarios et al. 2017, eq. 4 and 5). */
export const standardization: ElementwiseTransform = {
  width: 2,
  forward: (x, raw) => {
    const [mu, alpha] = raw.unstack(-1) as [Variable, Variable];
    return { value: x.sub(mu).mul(exp(alpha.neg())), logSlope: alpha.neg() };
  },
  inverse: (u, raw) => {
    const [mu, alpha] = raw.unstack(-1) as [Variable, Variable];
    return { value: u.mul(exp(alpha)).add(mu), logSlope: alpha };
  },
};

/** Of the gate at the start: it lets sigmoid(2) = 0.88 of z through (Kingma et al. 2016, §4 recommend 1 to 2). */
const openGate = 2;

/** y = σz + (1 − σ)m, σ = sigmoid(s) (inverse autoregressive flows, Kingma et al. 2016, eq. 13 and 14). */
export const gate: ElementwiseTransform = {
  width: 2,
  forward: (z, raw) => {
    const { open, closed, logOpen, m } = gateOf(raw);
    return { value: open.mul(z).add(closed.mul(m)), logSlope: logOpen };
  },
  inverse: (y, raw) => {
    const { closed, logOpen, m } = gateOf(raw);
    return { value: y.sub(closed.mul(m)).mul(exp(logOpen.neg())), logSlope: logOpen.neg() };
  },
};

function gateOf(raw: Variable): Readonly<Record<'open' | 'closed' | 'logOpen' | 'm', Variable>> {
  const [m, rawGate] = raw.unstack(-1) as [Variable, Variable];
  const s = rawGate.add(openGate);
  return { open: sigmoid(s), closed: sigmoid(s.neg()), logOpen: logSigmoid(s), m };
}

function withoutSlope(value: Variable): ElementwiseTransformed {
  return { value, logSlope: new Variable(zeros(value.shape, { dtype: value.dtype })) };
}

/** Σ ln slope over the last axis: the log-determinant of a triangular Jacobian with these slopes. */
export function sumOfLogSlopes({ logSlope }: ElementwiseTransformed): Variable {
  return logSlope.sum({ axes: -1 });
}
