import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { evenNumbers } from '../src/kernels/even-numbers.ts';
import { createOperands, faultOf, products } from '../src/kernels/products.ts';
import { elements, side } from '../src/kernels/subject.ts';
import { serve } from '../src/processes/serve.ts';
import { measure } from '../src/suite.ts';

// Times the kernels of TensorFlow.js on its WebAssembly backend: `tfjs-kernels.mjs <seconds>`; see ../src/kernels/engine.ts.

await tf.setBackend('wasm');
const seconds = Number(process.argv[2]);

function timed(run) {
  const [{ milliseconds }] = measure(
    { title: '', unit: 'element', cases: [{ name: '', work: 1, run }] },
    seconds,
  );
  return milliseconds;
}

const keeping = (compute) => () => {
  compute().dispose();
};

function timeProduct(position) {
  const shape = products[position];
  const { a, b, shadow } = createOperands(shape);
  const [transposeA, transposeB] = [shape.transposed === 'a', shape.transposed === 'b'];
  const left = tf.tensor(a, transposeA ? [shape.depth, shape.rows] : [shape.rows, shape.depth]);
  const right = tf.tensor(b, transposeB ? [shape.columns, shape.depth] : [shape.depth, shape.columns]);
  const multiply = () => tf.matMul(left, right, transposeA, transposeB);
  const fault = faultOf(multiply().dataSync(), shape, shadow);
  const result = fault === undefined ? { milliseconds: timed(keeping(multiply)) } : { fault };
  tf.disposeVariables();
  tf.dispose([left, right]);
  return [{ name: 'tfjs-wasm', ...result }];
}

const numbers = (seed) => evenNumbers(elements, seed).map((value) => 10 * value);
const [x, y] = [tf.tensor(numbers(3)), tf.tensor(numbers(4))];
const matrix = tf.reshape(x, [side, side]);

/** Those that it has one kernel for. */
const kernels = {
  add: () => tf.add(x, y),
  exp: () => tf.exp(x),
  log: () => tf.log(x),
  tanh: () => tf.tanh(x),
  sigmoid: () => tf.sigmoid(x),
  softplus: () => tf.softplus(x),
  'sum of all': () => tf.sum(x),
  'sums of rows': () => tf.sum(matrix, 1),
  'sums of columns': () => tf.sum(matrix, 0),
  'maxima of rows': () => tf.max(matrix, 1),
  'transposed copy': () => tf.transpose(matrix),
};

await serve(
  { version: tf.version.tfjs },
  {
    multiply: (position) => timeProduct(position),
    named: (name) =>
      name in kernels ? [{ name: 'tfjs-wasm', milliseconds: timed(keeping(kernels[name])) }] : [],
  },
);
