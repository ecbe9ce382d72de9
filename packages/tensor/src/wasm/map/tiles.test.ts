import { describe, expect, test } from 'vitest';
import { input } from '../../expression/expression.ts';
import type { MapSpec, ReducedExtent } from './spec.ts';
import { partialLayout, tilingOf } from './tiles.ts';

const expression = input(0);
const reducing = (over: ReducedExtent): MapSpec => ({
  inputs: ['vector'],
  outputs: [{ kind: 'sum', over, expression }],
});
const storing: MapSpec = { inputs: ['vector'], outputs: [{ kind: 'store', expression }] };

describe.each<[string, MapSpec]>([
  ['storing', storing],
  ['columns', reducing('columns')],
  ['rows', reducing('rows')],
  ['all', reducing('all')],
])('%s', (_, spec) => {
  test.each([
    [0, 0],
    [1, 1],
    [1, 1_000_000],
    [1_000_000, 1],
    [128, 784],
    [7, 40_000],
    [5000, 1500],
  ])('tiles of %d×%d cover it without overlap', (rows, columns) => {
    const { tileRows, tileColumns, down, across } = tilingOf(spec, rows, columns);
    expect(down * tileRows).toBeGreaterThanOrEqual(rows);
    expect((down - 1) * tileRows).toBeLessThanOrEqual(Math.max(0, rows - 1));
    expect(across * tileColumns).toBeGreaterThanOrEqual(columns);
    expect((across - 1) * tileColumns).toBeLessThanOrEqual(Math.max(0, columns - 1));
  });
});

test('rows that are reduced stay whole', () => {
  expect(tilingOf(reducing('columns'), 3, 1_000_000).across).toBe(1);
});

test('what tiles leave does not overlap', () => {
  const tiling = tilingOf(reducing('rows'), 5000, 1501);
  for (const over of ['rows', 'all'] as const) {
    const { count, stride, width, offsetOf } = partialLayout(over, tiling, 1501);
    expect(stride).toBeGreaterThanOrEqual(8 * width);
    const offsets: number[] = [];
    for (let i = 0; i < tiling.down; i++)
      for (let j = 0; j < tiling.across; j++) offsets.push(offsetOf(i, j));
    expect(new Set(offsets).size).toBe(tiling.down * tiling.across);
    expect(Math.max(...offsets)).toBeLessThan(count * stride);
  }
});
