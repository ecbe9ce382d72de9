import { fromTypedArray, type Tensor } from '@reparam/tensor';
import { Planar, type PlanarParameters } from '@reparam/vae';
import { exhibit } from './exhibit.ts';

type Vector = readonly [number, number];

interface Image {
  readonly value: Vector;
  readonly logDet: number;
}

/** A planar flow with these parameters, at a point. */
type PlanarMap = (u: Vector, w: Vector, b: number, z: Vector) => Image;

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1];
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** z + û·tanh(wᵀz + b) with whatever û there is; ln|1 + wᵀû·sech²|. */
function planar(u: Vector, w: Vector, b: number, z: Vector): Image {
  const t = Math.tanh(dot(w, z) + b);
  return {
    value: [z[0] + u[0] * t, z[1] + u[1] * t],
    logDet: Math.log(Math.abs(1 + dot(w, u) * (1 - t * t))),
  };
}

const ours: PlanarMap = (u, w, b, z) => {
  const row = (x: Vector): Tensor => fromTypedArray(Float64Array.from(x));
  const parameters: PlanarParameters = { u: row(u), w: row(w), b };
  const { value, logDet } = new Planar(parameters).forwardAndLogDet(row(z));
  return { value: value.toArray() as unknown as Vector, logDet: logDet.item() };
};

const u: Vector = [-6, 4.5];
const w: Vector = [0.3, -0.4];

/** Points along w, which a flow that can be inverted leaves in their order, for any u. */
function keepsOrder(flow: PlanarMap): boolean {
  const along = Array.from({ length: 241 }, (_, i) => (i - 120) / 10).map((t) =>
    dot(w, flow(u, w, 0.2, [t * w[0], t * w[1]]).value),
  );
  return along.slice(1).every((s, i) => s > along[i]!);
}

export const unconstrainedFlow = exhibit<PlanarMap>({
  wrong: 'a planar flow with any u: where wᵀu < −1 it folds space, and has no inverse',
  right: 'û = u + (softplus(wᵀu) − 1 − wᵀu)·w/‖w‖², for which wᵀû > −1',
  caughtBy: 'the order of images along w',
  accepts: keepsOrder,
  wrongOne: planar,
  ours,
});

export const unsquaredNorm = exhibit<PlanarMap>({
  wrong: 'the constraint of a planar flow with w/‖w‖ for w/‖w‖²',
  right: 'wᵀû = softplus(wᵀu) − 1 takes the square',
  caughtBy: 'the order of images along a w that is no unit vector',
  accepts: keepsOrder,
  wrongOne: (u, w, b, z) => {
    const product = dot(w, u);
    const correction = (softplus(product) - 1 - product) / Math.hypot(...w);
    return planar([u[0] + correction * w[0], u[1] + correction * w[1]], w, b, z);
  },
  ours,
});
