import {
  allocate,
  broadcastShapes,
  normal,
  RandomKey,
  type Shape,
  sizeOf,
  Tensor,
  usedInputs,
} from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { broadcastableShapes, stridedView } from '../../../test/support/strided-views.ts';
import * as ops from './index.ts';
import { apply } from './tape.ts';
import { type Differentiable, vjp } from './transforms.ts';

/** A copy without strides, offset or neighbours. */
function copyOf(x: Tensor): Tensor {
  return Tensor.wrap(x.toTypedArray(), x.shape);
}

interface Outcome {
  readonly shapes: readonly Shape[];
  /** The value's elements and those of every gradient; −0 is not told from 0. */
  readonly numbers: readonly number[];
}

/** Value and gradients for a cotangent that depends on the output's shape alone, or the error's message. */
function outcome(fn: Differentiable, inputs: readonly Tensor[]): Outcome | string {
  try {
    const { output, pullback } = vjp(fn, ...inputs);
    const cotangent = normal(RandomKey.fromSeed(3), output.shape, { dtype: 'float64' });
    const results = [output, ...(output.dtype === 'int32' ? [] : pullback(cotangent))];
    return {
      shapes: results.map(({ shape }) => shape),
      numbers: results.flatMap(({ value }) => Array.from(value.toTypedArray(), (each) => each + 0)),
    };
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

/** The same whether the inputs are views or contiguous copies of them, bit for bit; gradients have the inputs' shapes. */
function expectSameOnCopies(fn: Differentiable, views: readonly Tensor[]): void {
  const found = outcome(fn, views);
  expect(found).toEqual(outcome(fn, views.map(copyOf)));
  if (typeof found !== 'string' && found.shapes.length > 1) {
    expect(found.shapes.slice(1)).toEqual(views.map(({ shape }) => shape));
  }
}

const elementwise = ops.operationTable.flatMap(({ name, rules }) => {
  if (!rules?.expression) return [];
  const arity = usedInputs(rules.expression).length;
  const fn: Differentiable = (...inputs) => apply(rules, inputs, undefined);
  return [{ name, arity, fn }];
});

describe('elementwise operations do not care how their operands lie in memory', () => {
  test.each(elementwise)('$name', ({ arity, fn }) => {
    const views = broadcastableShapes(arity).chain((shapes) => fc.tuple(...shapes.map(stridedView)));
    fc.assert(
      fc.property(views, (inputs) => {
        expectSameOnCopies(fn, inputs);
        const named = Object.fromEntries(inputs.map(({ shape }, i) => [String(i), shape]));
        const found = outcome(fn, inputs);
        expect(typeof found === 'string' ? found : found.shapes[0]).toEqual(broadcastShapes('test', named));
      }),
      { numRuns: 40 },
    );
  });
});

describe('an argument that is passed twice gets the sum of both cotangents', () => {
  test.each(elementwise.filter(({ arity }) => arity > 1))('$name', ({ arity, fn }) => {
    const [shape] = [broadcastableShapes(1)];
    const view = shape.chain(([lengths]) => stridedView(lengths!));
    fc.assert(
      fc.property(view, (x) => {
        const cotangent = normal(RandomKey.fromSeed(4), x.shape, { dtype: 'float64' });
        const [together] = vjp((same) => fn(...Array<typeof same>(arity).fill(same!)), x).pullback(cotangent);
        const apart = vjp(fn, ...Array<Tensor>(arity).fill(x)).pullback(cotangent);
        const sums = apart.reduce((total, each) => ops.add(total, each));
        expect(together!.toArray()).toEqual(sums.toArray());
      }),
      { numRuns: 40 },
    );
  });
});

/** Tensors of the same elements as these, laid out anew: all in one buffer, each with its axes in another order. */
function interleave(tensors: readonly Tensor[], orders: readonly number[], backwards: boolean): Tensor[] {
  const stored = tensors.map((x, k) => {
    const axes = x.shape.map((_, axis) => axis);
    const turn = orders[k]! % Math.max(1, axes.length);
    const order = [...axes.slice(turn), ...axes.slice(0, turn)];
    const values = x.permute(order).toTypedArray();
    return { x, order, values: backwards ? values.toReversed() : values };
  });
  const longest = Math.max(1, ...stored.map(({ values }) => values.length));
  const data = allocate('float64', longest * tensors.length);
  stored.forEach(({ values }, k) => {
    values.forEach((value, i) => {
      data[i * tensors.length + k] = value;
    });
  });
  return stored.map(({ x, order, values }, k) => {
    const shape = order.map((axis) => x.shape[axis]!);
    const step = tensors.length;
    const strides = shape.map((_, axis) => step * sizeOf(shape.slice(axis + 1)));
    const flipped = { strides: strides.map((stride) => -stride), offset: k + step * (values.length - 1) };
    const layout = backwards && values.length > 0 ? flipped : { strides, offset: k };
    const inverse = x.shape.map((_, axis) => order.indexOf(axis));
    return new Tensor(data, { shape, ...layout }).permute(inverse);
  });
}

describe('no operation of the table cares whether its inputs share a buffer, or in which order they lie', () => {
  test.each(ops.operationTable.map((operation) => [operation.name, operation] as const))(
    '%s',
    (_, { samples }) => {
      const layouts = fc.record({
        sample: fc.constantFrom(...samples),
        orders: fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
        backwards: fc.boolean(),
      });
      fc.assert(
        fc.property(layouts, ({ sample: { run, inputs }, orders, backwards }) => {
          const views = interleave(inputs, orders, backwards);
          views.forEach((view, k) => {
            expect(view.toTypedArray()).toEqual(inputs[k]!.toTypedArray());
          });
          expect(typeof outcome(run, views)).toBe('object');
          expectSameOnCopies(run, views);
        }),
        { numRuns: 12 },
      );
    },
  );
});

describe('reductions, products and movements, with lengths 0 and 1 and any strides', () => {
  const lastAxis: readonly (readonly [string, Differentiable])[] = [
    ['sum', (x) => ops.sum(x!, { axes: -1 })],
    ['sum of all', (x) => ops.sum(x!)],
    ['mean', (x) => ops.mean(x!, { axes: -1, keepDims: true })],
    ['prod', (x) => ops.prod(x!, { axes: -1 })],
    ['max', (x) => ops.max(x!, { axes: 0 })],
    ['min', (x) => ops.min(x!)],
    ['variance', (x) => ops.variance(x!, { axes: -1 })],
    ['norm', (x) => ops.norm(x!, { axes: -1 })],
    ['logsumexp', (x) => ops.logsumexp(x!, { axes: 0 })],
    ['logSoftmax', (x) => ops.logSoftmax(x!)],
    ['softmax', (x) => ops.softmax(x!, 0)],
    ['reshape', (x) => ops.reshape(x!, [x!.size])],
    ['transpose', (x) => ops.transpose(x!, 0, -1)],
    ['expand', (x) => ops.expand(x!, [2, ...x!.shape])],
    [
      'pad',
      (x) =>
        ops.pad(
          x!,
          x!.shape.map(() => [1, 2] as const),
        ),
    ],
    ['slice', (x) => ops.slice(x!, [[null, null, -1]])],
    ['concat', (x) => ops.concat([x!, x!], -1)],
    ['stack', (x) => ops.stack([x!, x!], 0)],
    ['flip', (x) => ops.flip(x!)],
    [
      'tile',
      (x) =>
        ops.tile(
          x!,
          x!.shape.map(() => 2),
        ),
    ],
  ];

  test.each(lastAxis)('%s', (_, fn) => {
    const view = broadcastableShapes(1).chain(([shape]) => stridedView(shape!));
    fc.assert(
      fc.property(view, (x) => {
        expectSameOnCopies(fn, [x]);
      }),
      { numRuns: 60 },
    );
  });

  test('matmul, also over an inner axis of length 0', () => {
    const lengths = fc.constantFrom(0, 1, 2, 3);
    const operands = fc
      .tuple(broadcastableShapes(2), lengths, lengths, lengths)
      .chain(([[a, b], m, k, n]) => fc.tuple(stridedView([...a!, m, k]), stridedView([...b!, k, n])));
    fc.assert(
      fc.property(operands, (inputs) => {
        expect(typeof outcome((a, b) => ops.matmul(a!, b!), inputs)).toBe('object');
        expectSameOnCopies((a, b) => ops.matmul(a!, b!), inputs);
      }),
      { numRuns: 100 },
    );
  });

  test('two windows of one array that overlap', () => {
    const buffer = Float64Array.from({ length: 12 }, (_, i) => ((i * 7919) % 41) / 4 - 5);
    const windows = fc.record({ first: fc.nat(4), second: fc.nat(4), step: fc.constantFrom(1, 2) });
    fc.assert(
      fc.property(windows, ({ first, second, step }) => {
        const at = (offset: number): Tensor => new Tensor(buffer, { shape: [4], strides: [step], offset });
        const before = buffer.slice();
        for (const { fn } of elementwise.filter(({ arity }) => arity === 2)) {
          expectSameOnCopies(fn, [at(first), at(second)]);
        }
        expect(buffer).toEqual(before);
      }),
      { numRuns: 25 },
    );
  });
});
