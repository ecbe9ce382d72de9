import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementAt, elementsOf, positionsOf, stridedView } from '../../../test/support/strided-views.ts';
import { arange, tensor, zeros } from './create.ts';
import { ArgumentError } from './errors.ts';
import { overlapAdd, type Windows, windowElements, windowView } from './windows.ts';

const sliding = fc
  .record({
    size: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    count: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 })),
    slack: fc.tuple(fc.nat(2), fc.nat(2)),
  })
  .map(({ slack, ...windows }) => ({ windows, lengths: lengthsOf(windows).map((n, i) => n + slack[i]!) }));

function lengthsOf({ size, stride, dilation, count }: Windows): number[] {
  return size.map((n, i) => (n - 1) * dilation[i]! + Math.max(0, count[i]! - 1) * stride[i]! + 1);
}

describe('windowView', () => {
  test('shows element k of window p at p·stride + k·dilation, axes on both sides kept', () => {
    const cases = sliding.chain((each) =>
      fc.record({ ...mapValues(each), x: stridedView([2, ...each.lengths, 2]) }),
    );
    fc.assert(
      fc.property(cases, ({ windows, x }) => {
        const { size, stride, dilation, count } = windows;
        const view = windowView(x, windows, 1);
        expect(view.shape).toEqual([2, ...size, ...count, 2]);
        expect(view.data).toBe(x.data);
        for (const [a, k1, k2, p1, p2, b] of positionsOf(view.shape) as [
          number,
          number,
          number,
          number,
          number,
          number,
        ][]) {
          const s = [p1 * stride[0]! + k1 * dilation[0]!, p2 * stride[1]! + k2 * dilation[1]!];
          expect(elementAt(view, [a, k1, k2, p1, p2, b])).toBe(elementAt(x, [a, ...s, b]));
        }
      }),
    );
  });

  test('refuses windows that reach beyond the axis', () => {
    const windows = { size: [3], stride: [2], dilation: [1], count: [3] };
    expect(windowView(arange(7), windows, 0).toArray()).toEqual([
      [0, 2, 4],
      [1, 3, 5],
      [2, 4, 6],
    ]);
    expect(() => windowView(arange(6), windows, 0)).toThrow(ArgumentError);
    expect(() => windowView(zeros([2, 6]), windows, 1)).toThrow(
      'windowView: 3 windows of 3 reach over 7 elements, but axis 1 of [2, 6] is shorter.',
    );
  });
});

function mapValues<T extends object>(record: T): { [K in keyof T]: fc.Arbitrary<T[K]> } {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fc.constant(value)])) as {
    [K in keyof T]: fc.Arbitrary<T[K]>;
  };
}

describe('overlapAdd', () => {
  test('adds up where windows overlap', () => {
    const windows = { size: [3], stride: [2], dilation: [1], count: [3] };
    const parts = [tensor([1, 1, 1]), tensor([10, 10, 10]), tensor([100, 200, 300])];
    expect(overlapAdd(parts, windows, [8], 'float32').toArray()).toEqual([1, 10, 101, 10, 201, 10, 300, 0]);
  });

  test('leaves zeros between windows that are apart', () => {
    const windows = { size: [2], stride: [3], dilation: [1], count: [2] };
    expect(overlapAdd([tensor([1, 2]), tensor([10, 20])], windows, [7], 'float32').toArray()).toEqual([
      1, 10, 0, 2, 20, 0, 0,
    ]);
  });

  test('is the adjoint of windowElements', () => {
    const cases = sliding.chain((each) =>
      fc.record({
        ...mapValues(each),
        x: stridedView([2, ...each.lengths]),
        view: stridedView([2, ...each.windows.size, ...each.windows.count]),
      }),
    );
    fc.assert(
      fc.property(cases, ({ windows, x, view }) => {
        const elements = windowElements(x, windows);
        // The parts in the order of elements: row-major in the window.
        const parts = positionsOf(windows.size).map((k) => view.slice([null, ...k]));
        const added = elementsOf(overlapAdd(parts, windows, x.shape, 'float64'));
        const inner = (a: readonly number[], b: readonly number[]) =>
          a.reduce((total, value, i) => total + value * b[i]!, 0);
        const left = elements.reduce(
          (total, element, k) => total + inner(elementsOf(element), elementsOf(parts[k]!)),
          0,
        );
        expect(inner(elementsOf(x), added)).toBe(left);
      }),
    );
  });
});
