import { type Backend, scalarFunctions as f, input, Tensor } from '@reparam/tensor';
import { evenNumbers } from './even-numbers.ts';

/** An eager operation on ordinary tensors, small enough that copying to kernel memory and back may not pay. */
export interface EagerTask {
  readonly title: string;
  run(backend: Backend): Tensor;
}

/** Around the sizes from which the wasm backend leaves the reference backend's loops. */
export const eagerTasks: readonly EagerTask[] = [
  ...[2048, 8192, 32_768].flatMap((size) => [
    elementwise('add', size, 2),
    elementwise('exp', size, 1),
    elementwise('sum', size, 1),
  ]),
  ...[16, 32, 64, 128].map(product),
];

function elementwise(name: 'add' | 'exp' | 'sum', size: number, arrays: number): EagerTask {
  const inputs = Array.from({ length: arrays }, (_, k) => Tensor.wrap(evenNumbers(size, k), [size]));
  const formula = name === 'add' ? f.add(input(0), input(1)) : f.exp(input(0));
  return {
    title: `eager ${name}, ${size} elements`,
    run: (backend) =>
      name === 'sum'
        ? backend.reduce('sum', inputs[0]!, [0])
        : backend.map(formula, inputs, [size], 'float32'),
  };
}

function product(size: number): EagerTask {
  const [a, b] = [0, 1].map((k) => Tensor.wrap(evenNumbers(size * size, k), [size, size])) as [
    Tensor,
    Tensor,
  ];
  return { title: `eager matmul ${size}×${size}×${size}`, run: (backend) => backend.matmul(a, b) };
}
