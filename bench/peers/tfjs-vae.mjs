import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { serve, timeSteps } from '../src/processes/serve.ts';
import { denseLayers, loadProblem } from './problem.mjs';

// The training step of a problem file in TensorFlow.js on its WebAssembly backend, which has SIMD, and no threads in Node.

await tf.setBackend('wasm');
const { layout, parameters, steps, ...given } = loadProblem(process.argv[2]);
const [x, noise] = [given.x, given.noise].map(({ data, shape }) => tf.tensor(data, shape));
const variables = Object.fromEntries(
  Object.entries(parameters).map(([name, { data, shape }]) => [
    name,
    tf.variable(tf.tensor(data, shape), true, name),
  ]),
);
const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
const batch = x.shape[0];

const linear = (h, path) => tf.add(tf.matMul(h, variables[`${path}.weight`]), variables[`${path}.bias`]);
const dense = (h, path) =>
  denseLayers(parameters, path).reduce((input, layer) => tf.relu(linear(input, layer)), h);

// Its images are [batch, height, width, channels], and its kernels [height, width, inputs, outputs].
const kernel = (path) => tf.transpose(variables[`${path}.weight`], [2, 3, 1, 0]);
const biased = (h, path) => tf.add(h, variables[`${path}.bias`]);
const convolve = (h, path) => biased(tf.conv2d(h, kernel(path), 2, 1), path);
const spread = (h, path, size, channels) =>
  biased(tf.conv2dTranspose(h, kernel(path), [batch, size, size, channels], 2, 1), path);
const flat = (h) => tf.reshape(tf.transpose(h, [0, 3, 1, 2]), [batch, -1]);

function encode() {
  let h = x;
  if (layout === 'conv') {
    h = tf.reshape(x, [batch, 28, 28, 1]);
    for (const i of [0, 1]) h = tf.relu(convolve(h, `encoder.trunk.convolutions.${i}`));
    h = flat(h);
  }
  h = dense(h, 'encoder.trunk.dense.layers');
  return [linear(h, 'encoder.location'), linear(h, 'encoder.spread')];
}

function decode(z) {
  let h = dense(z, 'decoder.network.dense.layers');
  if (layout !== 'conv') return linear(h, 'decoder.network.locations');
  h = tf.relu(linear(h, 'decoder.network.unfold'));
  h = tf.transpose(tf.reshape(h, [batch, 64, 7, 7]), [0, 2, 3, 1]);
  h = tf.relu(spread(h, 'decoder.network.convolutions.0', 14, 32));
  return flat(spread(h, 'decoder.network.locations', 28, 1));
}

function lossFor(eps) {
  const [mu, logVariance] = encode();
  const z = tf.add(mu, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), eps));
  const logits = decode(z);
  const reconstruction = tf.sum(tf.sub(tf.softplus(logits), tf.mul(logits, x)));
  const squares = tf.add(tf.square(mu), tf.exp(logVariance));
  const divergence = tf.mul(tf.sum(tf.sub(squares, tf.add(logVariance, 1))), 0.5);
  return tf.div(tf.add(reconstruction, divergence), batch);
}

const step = (eps) =>
  tf.tidy(() => optimizer.minimize(() => lossFor(eps ?? tf.randomNormal(noise.shape)), true).dataSync()[0]);

await serve(
  { version: tf.version.tfjs, losses: Array.from({ length: steps }, () => step(noise)) },
  { time: (seconds) => timeSteps(seconds, () => step()) },
);
