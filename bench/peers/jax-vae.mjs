import { defaultDevice, init, jit, lax, nn, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax';
import { serve, timeSteps } from '../src/processes/serve.ts';
import { denseLayers, loadProblem } from './problem.mjs';

// The training step of a problem file in jax-js on its WebAssembly backend: one jitted function. Arrays are used up by
// what they are passed to; `.ref` keeps one for another use.

await init('wasm');
defaultDevice('wasm');
const { layout, parameters, steps, ...given } = loadProblem(process.argv[2]);
const toArray = ({ data, shape }) => np.array(data).reshape(shape);
const [x, noise] = [toArray(given.x), toArray(given.noise)];
const batch = given.x.shape[0];

const linear = (h, p, path) => np.matmul(h, p[`${path}.weight`].ref).add(p[`${path}.bias`].ref);
const dense = (h, p, path) =>
  denseLayers(parameters, path).reduce((input, layer) => nn.relu(linear(input, p, layer)), h);

const biased = (h, p, path) => h.add(p[`${path}.bias`].ref.reshape([-1, 1, 1]));
const around = [
  [1, 1],
  [1, 1],
];
const convolve = (h, p, path) =>
  biased(lax.convGeneralDilated(h, p[`${path}.weight`].ref, [2, 2], around), p, path);
// The adjoint of a convolution: the image spread apart, and the kernel turned around.
const spread = (h, p, path) => {
  const kernel = np.flip(np.transpose(p[`${path}.weight`].ref, [1, 0, 2, 3]), [2, 3]);
  const padding = [
    [2, 2],
    [2, 2],
  ];
  return biased(lax.convGeneralDilated(h, kernel, [1, 1], padding, { lhsDilation: [2, 2] }), p, path);
};

function encode(p, data) {
  let h = data;
  if (layout === 'conv') {
    h = h.reshape([batch, 1, 28, 28]);
    for (const i of [0, 1]) h = nn.relu(convolve(h, p, `encoder.trunk.convolutions.${i}`));
    h = h.reshape([batch, -1]);
  }
  h = dense(h, p, 'encoder.trunk.dense.layers');
  return [linear(h.ref, p, 'encoder.location'), linear(h, p, 'encoder.spread')];
}

function decode(p, z) {
  let h = dense(z, p, 'decoder.network.dense.layers');
  if (layout !== 'conv') return linear(h, p, 'decoder.network.locations');
  h = nn.relu(linear(h, p, 'decoder.network.unfold')).reshape([batch, 64, 7, 7]);
  h = nn.relu(spread(h, p, 'decoder.network.convolutions.0'));
  return spread(h, p, 'decoder.network.locations').reshape([batch, -1]);
}

function lossFor(p, data, eps) {
  const [mu, logVariance] = encode(p, data.ref);
  const z = mu.ref.add(np.exp(logVariance.ref.mul(0.5)).mul(eps));
  const logits = decode(p, z);
  const reconstruction = nn.softplus(logits.ref).sub(logits.mul(data)).sum();
  const squares = np.square(mu).add(np.exp(logVariance.ref));
  const divergence = squares.sub(logVariance).sub(1).sum().mul(0.5);
  tree.dispose(p);
  return reconstruction.add(divergence).div(batch);
}

/** One step of Adam; `rate` and `correction` are η/(1 − β₁ᵗ) and 1/(1 − β₂ᵗ). */
const train = jit((p, mean, meanSquare, data, eps, rate, correction) => {
  const [loss, gradient] = valueAndGrad(lossFor)(tree.ref(p), data, eps);
  const next = { p: {}, mean: {}, meanSquare: {} };
  for (const name of Object.keys(p)) {
    const g = gradient[name];
    const m = mean[name].mul(0.9).add(g.ref.mul(0.1));
    const v = meanSquare[name].mul(0.999).add(np.square(g).mul(0.001));
    const root = np.sqrt(v.ref.mul(correction.ref)).add(1e-8);
    next.p[name] = p[name].sub(m.ref.mul(rate.ref).div(root));
    next.mean[name] = m;
    next.meanSquare[name] = v;
  }
  tree.dispose([rate, correction]);
  return [loss, next.p, next.mean, next.meanSquare];
});

const like = (fill) =>
  Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, fill(shape)]));
let p = Object.fromEntries(Object.entries(parameters).map(([name, each]) => [name, toArray(each)]));
let mean = like((shape) => np.zeros(shape));
let meanSquare = like((shape) => np.zeros(shape));
let taken = 0;

async function step(eps) {
  taken++;
  const rate = np.array(1e-3 / (1 - 0.9 ** taken));
  const correction = np.array(1 / (1 - 0.999 ** taken));
  let loss;
  [loss, p, mean, meanSquare] = train(p, mean, meanSquare, x.ref, eps, rate, correction);
  return (await loss.data())[0];
}

const losses = [];
for (let i = 0; i < steps; i++) losses.push(await step(noise.ref));

await serve(
  { version: '0.1.25', losses },
  { time: (seconds) => timeSteps(seconds, () => step(random.normal(random.key(taken), given.noise.shape))) },
);
