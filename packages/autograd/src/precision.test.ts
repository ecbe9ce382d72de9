import { type DType, eye, gather, integers, normal, RandomKey, type Tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';
import './fluent.ts';
import { logSoftmax, mean } from './ops/reductions.ts';
import { valueAndGrad } from './transforms.ts';
import type { Variable } from './variable.ts';

const [keyX, keyLabels, ...keysOfLayers] = RandomKey.fromSeed(7).split(5) as [
  RandomKey,
  RandomKey,
  ...RandomKey[],
];
const widths = [10, 24, 16, 5];
const x = normal(keyX, [32, 10]);
const targets = gather(eye(5), integers(keyLabels, [32], 0, 5));
const weights = keysOfLayers.flatMap((key, layer) => {
  const [inputs, outputs] = [widths[layer]!, widths[layer + 1]!];
  return [
    normal(key, [inputs, outputs], { standardDeviation: 1 / Math.sqrt(inputs) }),
    normal(key.foldIn(1), [outputs], { standardDeviation: 0.1 }),
  ];
});

/** Cross-entropy of a network with layers of tanh, softplus and softmax. */
function crossEntropy(dtype: DType): (...parameters: Variable[]) => Variable {
  return (w1, b1, w2, b2, w3, b3) => {
    const hidden = w1!.transpose().matmul(x.cast(dtype).transpose()).transpose().add(b1!).tanh();
    const logits = hidden.matmul(w2!).add(b2!).softplus().matmul(w3!).add(b3!);
    return mean(logSoftmax(logits).mul(targets.cast(dtype)).sum({ axes: -1 })).neg();
  };
}

function lossAndGradients(dtype: DType): { loss: number; gradients: Tensor[] } {
  const { value, gradients } = valueAndGrad(crossEntropy(dtype))(
    ...weights.map((weight) => weight.cast(dtype)),
  );
  return { loss: value.item(), gradients: gradients.map((gradient) => gradient.value) };
}

test('gradients of a small network in float32 agree with those in float64 to 1e-5', () => {
  const [single, double] = [lossAndGradients('float32'), lossAndGradients('float64')];
  expect(Math.abs(single.loss - double.loss) / double.loss).toBeLessThan(1e-6);
  expect(double.gradients).toHaveLength(6);
  double.gradients.forEach((gradient, k) => {
    const truth = gradient.toTypedArray();
    const rounded = single.gradients[k]!.toTypedArray();
    const norm = Math.hypot(...truth);
    const distance = Math.hypot(...truth.map((value, i) => value - rounded[i]!));
    expect(single.gradients[k]!.dtype).toBe('float32');
    expect(norm).toBeGreaterThan(1e-3);
    expect(distance / norm).toBeLessThan(1e-5);
    // Not the same computation twice.
    expect(distance).toBeGreaterThan(0);
  });
});
