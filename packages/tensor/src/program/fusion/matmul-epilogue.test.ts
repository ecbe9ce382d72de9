import { expect, test } from 'vitest';
import { referenceBackend } from '../../backend/reference/reference.ts';
import { tensor } from '../../create.ts';
import { constant, input } from '../../expression/expression.ts';
import { add, maximum, multiply } from '../../expression/functions.ts';
import { map, matmul } from '../../primitives.ts';
import type { Tensor } from '../../tensor.ts';
import { compile } from '../compile.ts';
import { formatProgram } from '../print.ts';
import { fusion } from './fuse.ts';
import { matmulEpilogue } from './matmul-epilogue.ts';

const passes = [fusion, matmulEpilogue];
const sum = add(input(0), input(1));
const options = { backend: referenceBackend, passes };
const [a, b, bias] = [
  tensor(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { dtype: 'float64' },
  ),
  tensor(
    [
      [1, 0],
      [0, 1],
      [1, -1],
    ],
    { dtype: 'float64' },
  ),
  tensor([0.5, -20], { dtype: 'float64' }),
] as const;

test('a bias is added as the product is stored, and what follows reads the sum', () => {
  const layer = compile((x: Tensor, w: Tensor, c: Tensor) => {
    const before = map(sum, [matmul(x, w), c]);
    return [before, map(maximum(input(0), constant(0)), [before])];
  }, options);
  expect(formatProgram(layer.program(a, b, bias))).toMatchInlineSnapshot(`
    "  %0: f64[2, 3]      = input 0
      %1: f64[3, 2]      = input 1
      %2: f64[2]         = input 2
      %3: f64[2, 2]      = matmul %0, %1, %2[2, 2; 0, 1], then x + y
      %4: f64[2, 2]      = map %3, %2[2, 2; 0, 1] maximum(x, 0)
    return %3, %4"
  `);
  const [before, after] = layer(a, b, bias) as [Tensor, Tensor];
  expect(before.toArray()).toEqual([
    [4.5, -21],
    [10.5, -21],
  ]);
  expect(after.toArray()).toEqual([
    [4.5, 0],
    [10.5, 0],
  ]);
});

test('a map that only adds the bias goes', () => {
  const linear = compile((x: Tensor, w: Tensor, c: Tensor) => map(sum, [matmul(x, w), c]), options);
  expect(linear.program(a, b, bias).instructions).toHaveLength(1);
  expect(linear(a, b, bias).toArray()).toEqual([
    [4.5, -21],
    [10.5, -21],
  ]);
});

test.each<[string, (x: Tensor, w: Tensor, c: Tensor) => Tensor | Tensor[]]>([
  [
    'that is returned itself',
    (x, w, c) => {
      const product = matmul(x, w);
      return [product, map(sum, [product, c])];
    },
  ],
  [
    'that is read beside its sum',
    (x, w, c) => {
      const product = matmul(x, w);
      return map(multiply(input(0), add(input(0), input(1))), [product, c]);
    },
  ],
  [
    'to which a whole matrix is added',
    (x, w) => map(sum, [matmul(x, w), matmul(w, w.slice([[0, 2]])).slice([[0, 2]])]),
  ],
])('a product %s is left alone', (_, fn) => {
  const program = compile(fn, options).program(a, b, bias);
  const products = program.instructions.filter(({ operation }) => operation.kind === 'matmul');
  expect(products.every(({ operation }) => !('epilogue' in operation))).toBe(true);
});
