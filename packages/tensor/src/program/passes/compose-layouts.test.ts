import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf, positionsOf, stridedView } from '../../../../../test/support/strided-views.ts';
import { contiguousLayout, type Layout } from '../../layout.ts';
import { sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import { composeLayouts } from './compose-layouts.ts';

/** The positions that a layout visits, in order. */
function visited({ shape, strides, offset }: Layout): number[] {
  return positionsOf(shape).map((position) =>
    position.reduce((at, i, axis) => at + i * strides[axis]!, offset),
  );
}

describe('a view of a view', () => {
  const shape = fc.array(fc.constantFrom(0, 1, 2, 3, 4), { maxLength: 3 });
  const nested = shape.chain(stridedView).chain((source) => {
    const copy = Tensor.wrap(Float64Array.from(elementsOf(source)), source.shape);
    return fc.record({ source: fc.constant(source), view: viewOf(copy) });
  });

  /** Views of a row-major tensor as a program has them: axes split and merged, then permuted, cut and repeated. */
  function viewOf(whole: Tensor): fc.Arbitrary<Tensor> {
    const shapes = [whole.shape, [whole.size], [...whole.shape, 1], [1, ...whole.shape]];
    if (whole.rank > 1) shapes.push([whole.shape[0]!, sizeOf(whole.shape.slice(1))]);
    return fc.constantFrom(...shapes).chain((reshaped) => {
      const x = whole.reshape(reshaped);
      const axes = x.shape.map((_, axis) => axis);
      return fc
        .record({
          order: fc.shuffledSubarray(axes, { minLength: axes.length }),
          step: fc.constantFrom(1, 1, 2, -1),
          repeat: fc.boolean(),
        })
        .map(({ order, step, repeat }) => {
          const permuted = x.permute(order).slice(order.map(() => [null, null, step]));
          return repeat ? permuted.expand([2, ...permuted.shape]) : permuted;
        });
    });
  }

  test('shows the elements that it shows of a copy, where strides can say it', () => {
    let composed = 0;
    fc.assert(
      fc.property(nested, ({ source, view }) => {
        const layout = composeLayouts(source, view);
        if (layout === undefined) return;
        composed++;
        expect(layout.shape).toEqual(view.shape);
        expect(elementsOf(new Tensor(source.data, layout))).toEqual(elementsOf(view));
      }),
      { numRuns: 500 },
    );
    expect(composed).toBeGreaterThan(250);
  });

  test.each<[string, Layout, Layout, Layout | undefined]>([
    [
      'a transpose of a transpose is the matrix',
      { shape: [3, 2], strides: [1, 3], offset: 0 },
      { shape: [2, 3], strides: [1, 2], offset: 0 },
      { shape: [2, 3], strides: [3, 1], offset: 0 },
    ],
    [
      'a row of a transpose is a column',
      { shape: [3, 2], strides: [1, 3], offset: 4 },
      { shape: [2], strides: [1], offset: 2 },
      { shape: [2], strides: [3], offset: 5 },
    ],
    [
      'a transpose laid out in one row crosses from row to row',
      { shape: [3, 2], strides: [1, 3], offset: 0 },
      contiguousLayout([6]),
      undefined,
    ],
    [
      'a step over one row and one column is a step along the diagonal',
      { shape: [3, 2], strides: [1, 3], offset: 0 },
      { shape: [2], strides: [3], offset: 0 },
      { shape: [2], strides: [4], offset: 0 },
    ],
    [
      'a repeated element is that element in any shape',
      { shape: [2, 3], strides: [0, 0], offset: 7 },
      contiguousLayout([3, 2]),
      { shape: [3, 2], strides: [0, 0], offset: 7 },
    ],
    [
      'axes that are evenly apart are one',
      { shape: [2, 3], strides: [6, 2], offset: 1 },
      contiguousLayout([6]),
      { shape: [6], strides: [2], offset: 1 },
    ],
    [
      'backwards',
      { shape: [3, 2], strides: [1, 3], offset: 0 },
      { shape: [3], strides: [-2], offset: 5 },
      { shape: [3], strides: [-1], offset: 5 },
    ],
  ])('%s', (_, source, view, expected) => {
    const layout = composeLayouts(source, view);
    expect(layout).toEqual(expected);
    if (layout) {
      const whole = visited(source);
      expect(visited(layout)).toEqual(visited(view).map((position) => whole[position]));
    }
  });
});
