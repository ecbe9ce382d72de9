import { expect, test } from 'vitest';
import { createOperands, faultOf, operationsOf, products, productTitle } from './products.ts';

/** The definition, in float32 as a kernel would give it. */
function multiply(
  { rows, depth, columns, transposed }: (typeof products)[number],
  a: Float32Array,
  b: Float32Array,
): Float32Array {
  const product = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let k = 0; k < depth; k++) {
        const left = transposed === 'a' ? a[k * rows + i]! : a[i * depth + k]!;
        const right = transposed === 'b' ? b[j * depth + k]! : b[k * columns + j]!;
        product[i * columns + j]! += left * right;
      }
    }
  }
  return product;
}

test.each([
  { rows: 5, depth: 7, columns: 3 },
  { rows: 5, depth: 7, columns: 3, transposed: 'a' },
  { rows: 5, depth: 7, columns: 3, transposed: 'b' },
] as const)('%j is right as it is defined, and wrong where one element is', (shape) => {
  const { a, b, shadow } = createOperands(shape);
  const product = multiply(shape, a, b);
  expect(faultOf(product, shape, shadow)).toBeUndefined();
  product[8]! += 1e-5;
  expect(faultOf(product, shape, shadow)).toContain('element 8');
  product[8] = Number.NaN;
  expect(faultOf(product, shape, shadow)).toContain('element 8 is NaN');
});

test('titles and operations of products', () => {
  expect(productTitle({ rows: 2, depth: 3, columns: 4, transposed: 'b' })).toBe('a·bᵀ 2×3×4');
  expect(operationsOf({ rows: 2, depth: 3, columns: 4 })).toBe(48);
  expect(new Set(products.map(productTitle)).size).toBe(products.length);
});
