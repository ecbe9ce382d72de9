import { arange, full, reduce, type Shape, sizeOf, type Tensor, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import type { OperationRecord, Rules } from '../operation.ts';
import {
  add,
  equal,
  exp,
  lessEqual,
  log,
  maximum,
  mul,
  relu,
  sqrt,
  square,
  tanh,
} from '../ops/elementwise.ts';
import { matmul } from '../ops/matmul.ts';
import { expand, permute, reshape } from '../ops/movement.ts';
import { sum } from '../ops/reductions.ts';
import { apply } from '../tape.ts';
import { type Differentiable, stopGradient } from '../transforms.ts';
import { Variable } from '../variable.ts';
import { type CheckOptions, checkGradients, GradientCheckError } from './check-gradients.ts';
import { checkOperation } from './check-operation.ts';

/** An operation of one input whose value is that of `fn` and whose derivative is what it is said to be. */
function claiming(
  fn: (x: Variable) => Variable,
  vjp: (cotangent: Variable, x: Variable) => Variable,
  jvp: (tangent: Variable, x: Variable) => Variable = vjp,
): Differentiable {
  const value = (x: Tensor): Tensor => fn(new Variable(x)).value;
  const rules: Rules<undefined> = {
    name: 'claiming',
    forward: ([x]) => value(x!),
    vjp: (_, cotangent, { inputs: [x] }) => vjp(cotangent, x!),
    jvp: ([tangent], { inputs: [x] }) => tangent && jvp(tangent, x!),
  };
  return (x) => apply(rules, [x!], undefined);
}

function failure(fn: Differentiable, inputs: Parameters<typeof checkGradients>[1], options?: CheckOptions) {
  try {
    checkGradients(fn, inputs, options);
  } catch (error) {
    if (error instanceof GradientCheckError) return error;
    throw error;
  }
  throw new Error('no gradient was found wrong');
}

const two = (x: Variable): Variable => mul(x, 2);
const squareMatrix = [
  [0.3, -1.2],
  [0.7, 2.1],
];

describe('right rules pass', () => {
  test('and report how far they were off', () => {
    const report = checkGradients((x) => tanh(x!), [[0.3, -1.2, 0.8]]);
    // Three directions, three outputs, two modes.
    expect(report).toMatchObject({ ok: true, order: 1, tolerance: 1e-9, comparisons: 18 });
    expect(report.worst.error).toBeLessThan(1e-9);
    expect(report.adjointness).toBeLessThan(1e-12);
  });

  test('the claims of this file are right where they are meant to be', () => {
    checkGradients(
      claiming(square, (c, x) => mul(c, two(x))),
      [[3, -1]],
    );
    checkGradients(
      claiming(square, (c, x) => mul(c, two(x))),
      [[3, -1]],
      { order: 2 },
    );
  });

  test('of several inputs, float32 tensors among them', () => {
    const report = checkGradients((x, y) => sum(mul(x!, y!)), [tensor([1, 2]), 3]);
    expect(report.comparisons).toBe(6);
  });
});

describe('wrong rules are caught', () => {
  test.each<[string, Differentiable, Parameters<typeof checkGradients>[1]]>([
    ['a factor dropped', claiming(square, (c, x) => mul(c, x)), [[3]]],
    ['a sign flipped', claiming(exp, (c, x) => mul(mul(c, exp(x)), -1)), [[0.5]]],
    [
      'a term forgotten',
      claiming(
        (x) => mul(x, exp(x)),
        (c, x) => mul(c, exp(x)),
      ),
      [[0.5]],
    ],
    [
      'a power with the slope 2x for every exponent',
      claiming(
        (x) => mul(square(x), x),
        (c, x) => mul(c, two(x)),
      ),
      [[3]],
    ],
    ['an error of one in a million', claiming(square, (c, x) => mul(c, mul(x, 2.000002))), [[1]]],
    [
      'a sum over the last axis whose cotangent goes along the first',
      claiming(
        (x) => sum(x, { axes: -1 }),
        (c) => expand(c, [2, 2]),
        (t) => sum(t, { axes: -1 }),
      ),
      [squareMatrix],
    ],
    [
      'a matrix product that forgets to transpose',
      claiming(
        (x) => matmul(x, x),
        (c, x) => add(matmul(c, x), matmul(x, c)),
        (t, x) => add(matmul(t, x), matmul(x, t)),
      ),
      [squareMatrix],
    ],
    [
      'a permutation undone by itself instead of its inverse',
      claiming(
        (x) => permute(x, [1, 2, 0]),
        (c) => permute(c, [1, 2, 0]),
        (t) => permute(t, [1, 2, 0]),
      ),
      [arange(8).reshape([2, 2, 2])],
    ],
    [
      'a maximum that sends the whole cotangent to every tie',
      claiming(
        (x) => new Variable(reduce('maximum', x.value)),
        (c, x) => mul(c, equal(x, new Variable(reduce('maximum', x.value)))),
        (t, x) => sum(mul(t, equal(x, new Variable(reduce('maximum', x.value))))),
      ),
      [[3, 1, 3]],
    ],
    ['softplus as log(1 + exp x), which overflows', (x) => log(add(exp(x!), 1)), [[800]]],
    ['a derivative that is NaN', claiming(square, (c) => mul(c, Number.NaN)), [[3]]],
    ['a root at 0, where the slope is infinite', (x) => sqrt(x!), [[0]]],
    ['a hidden input: a gradient that was stopped', (x) => mul(x!, stopGradient(x!)), [[3]]],
  ])('%s', (_, fn, inputs) => {
    expect(failure(fn, inputs).report.ok).toBe(false);
  });

  test('in forward mode alone, by the mode and by the adjointness', () => {
    const { report } = failure(
      claiming(
        square,
        (c, x) => mul(c, two(x)),
        (t, x) => mul(t, x),
      ),
      [[3]],
    );
    expect(report.worst).toMatchObject({ mode: 'forward', derived: 3 });
    // |6 − 3| / 6
    expect(report.adjointness).toBeCloseTo(0.5, 12);
  });

  test('in second order alone: a rule that is not itself differentiable', () => {
    const detached = claiming(square, (c, x) => mul(c, two(stopGradient(x))));
    expect(checkGradients(detached, [[3, -1]]).ok).toBe(true);
    const { report } = failure(detached, [[3, -1]], { order: 2 });
    expect(report).toMatchObject({ ok: false, order: 2, tolerance: 1e-7 });
  });

  test('in second order alone: a linear rule that cannot be differentiated by its cotangent, or its tangent', () => {
    const stopped = (x: Variable): Variable => mul(stopGradient(x), 3);
    const proper = (x: Variable): Variable => mul(x, 3);
    for (const [vjp, jvp] of [
      [stopped, proper],
      [proper, stopped],
    ] as const) {
      const fn = claiming(proper, vjp, jvp);
      expect(checkGradients(fn, [[3, -1]]).ok).toBe(true);
      expect(failure(fn, [[3, -1]], { order: 2 }).report.ok).toBe(false);
    }
    checkGradients(claiming(proper, proper), [[3, -1]], { order: 2 });
  });

  test('in second order alone, and in forward mode: a jvp that is not itself differentiable', () => {
    const detached = claiming(
      square,
      (c, x) => mul(c, two(x)),
      (t, x) => mul(t, two(stopGradient(x))),
    );
    expect(checkGradients(detached, [[3, -1]]).ok).toBe(true);
    const { report } = failure(detached, [[3, -1]], { order: 2 });
    expect(report.worst.where).toMatch(/ of the forward derivative$/);
  });

  test('one NaN among entries that are right is not forgotten', () => {
    const onlyFirst = claiming(square, (c, x) =>
      mul(mul(c, two(x)), tensor([Number.NaN, 1, 1], { dtype: 'float64' })),
    );
    const { report } = failure(onlyFirst, [[3, 4, 5]]);
    expect(report.worst.error).toBeNaN();
    expect(report.worst.where).toBe('entry 0, entry 0');
    // Differences that leave the domain, where the rule gives a number all the same.
    const outside = failure(
      claiming(sqrt, (c) => c),
      [[-1, 1, 4]],
    );
    expect(outside.report.worst.where).toBe('entry 0, entry 0');
  });

  test('a cotangent that was not summed back is a ShapeError, which names the rule', () => {
    const forgetful: Rules<undefined> = {
      name: 'forgetful',
      forward: ([a, b]) => mul(a!, b!).value,
      vjp: (index, cotangent, { inputs }) => mul(cotangent, inputs[1 - index]!),
      jvp: () => undefined,
    };
    expect(() => checkGradients((a, b) => apply(forgetful, [a!, b!], undefined), [[1, 2], 3])).toThrow(
      'forgetful: its rule gave input 1 a cotangent of [2], but the input is [].',
    );
  });
});

describe('the error', () => {
  const wrong = claiming(square, (c, x) => mul(c, x));
  const error = failure(wrong, [[3, 0.25]]);

  test('says where, and both numbers', () => {
    expect(error.message).toMatch(
      /^checkGradients: order 1: the reverse derivative at entry 0, entry 0 is 3, but differences give (6|5\.99999999\d*|6\.00000000\d*) \(error 5\.00e-1, allowed 1e-9; forward against reverse 0\.00e\+0\)\.$/,
    );
    expect(error).toMatchObject({ name: 'GradientCheckError', operation: 'checkGradients' });
  });

  test('carries the report', () => {
    const { report } = error;
    expect(report).toMatchObject({ ok: false, order: 1, tolerance: 1e-9, comparisons: 8, adjointness: 0 });
    expect(report.worst).toMatchObject({ mode: 'reverse', where: 'entry 0, entry 0', derived: 3 });
    expect(report.worst.difference).toBeCloseTo(6, 9);
    expect(report.worst.error).toBeCloseTo(0.5, 9);
  });

  test('is only reported on request, and depends on the tolerance', () => {
    expect(checkGradients(wrong, [[3, 0.25]], { onFailure: 'report' })).toEqual(error.report);
    expect(checkGradients(wrong, [[3, 0.25]], { tolerance: 0.6 }).ok).toBe(true);
  });
});

describe('large functions are checked by random projections', () => {
  const large: Shape = [10, 10];
  const point = arange(-2, 2, 4 / sizeOf(large)).reshape(large);

  test('of inputs and outputs', () => {
    const report = checkGradients((x) => tanh(x!), [point]);
    // Three directions, three cotangents, two modes.
    expect(report.comparisons).toBe(18);
    expect(report.worst.where).toMatch(/^random projection \d, random projection \d$/);
    expect(checkGradients((x) => sum(tanh(x!)), [point]).comparisons).toBe(6);
  });

  test('which one wrong entry of a hundred does not escape', () => {
    const mask = full([100], 2, { dtype: 'float64' });
    mask.data[57] = 2.01;
    const almost = claiming(square, (c, x) => mul(mul(c, x), reshape(mask, large)));
    expect(failure(almost, [point]).report.worst.error).toBeGreaterThan(1e-9);
  });

  test('that the seed chooses', () => {
    const wrong = claiming(square, (c, x) => mul(c, x));
    const derived = (seed: number) => failure(wrong, [point], { seed }).report.worst.derived;
    expect(derived(1)).toBe(derived(1));
    expect(derived(1)).not.toBe(derived(2));
  });
});

describe('checkOperation holds an operation to its record', () => {
  const record = (fn: Differentiable, promised: number): OperationRecord => ({
    name: 'relu',
    rules: undefined,
    kind: 'elementwise',
    formula: 'max(x, 0)',
    domain: 'all reals',
    kinks: [{ at: '(0)', run: fn, inputs: [0], cotangents: [promised] }],
    samples: [{ run: fn, inputs: [tensor([-1, 2], { dtype: 'float64' })] }],
  });
  const steep = claiming(
    (x) => maximum(x, 0),
    (c, x) => mul(c, lessEqual(0, x)),
  );

  test('relu′(0) = 1 where 0 is promised', () => {
    expect(checkOperation(record((x) => relu(x!), 0))).toMatchObject({
      ok: true,
      kinks: { kept: 1, promised: 1 },
    });
    expect(checkOperation(record(steep, 0))).toMatchObject({ ok: false, kinks: { kept: 0, promised: 1 } });
    expect(checkOperation(record(steep, 0)).firstOrder).toBeLessThan(1e-9);
  });

  test('a wrong slope away from the kink', () => {
    const check = checkOperation(
      record(
        claiming(
          (x) => maximum(x, 0),
          (c) => mul(c, 0),
        ),
        0,
      ),
    );
    expect(check).toMatchObject({ ok: false, kinks: { kept: 1 } });
    expect(check.firstOrder).toBeCloseTo(1, 9);
  });

  test('a kink where the modes differ, or where the rule ignores what arrives', () => {
    const flat = (x: Variable): Variable => relu(x);
    const right = (c: Variable, x: Variable): Variable => mul(c, lessEqual(mul(x, -1), -1e-9));
    const forwardSteep = claiming(flat, right, (t, x) => mul(t, lessEqual(0, x)));
    expect(checkOperation(record(claiming(flat, right), 0)).ok).toBe(true);
    expect(checkOperation(record(forwardSteep, 0)).kinks.kept).toBe(0);
    // Half of the cotangent is promised at 0, and half of one is given, whatever arrives.
    const constantHalf = claiming(flat, (c, x) => add(right(c, x), mul(equal(x, 0), 0.5)));
    expect(checkOperation(record(constantHalf, 0.5)).kinks.kept).toBe(0);
  });

  test('an argument that is passed twice, and gets only one cotangent', () => {
    const product: Rules<undefined> = {
      name: 'product',
      forward: ([a, b]) => mul(a!, b!).value,
      vjp: (index, cotangent, { inputs }) =>
        index === 1 && inputs[0] === inputs[1] ? undefined : mul(cotangent, inputs[1 - index]!),
      jvp: ([da, db], { inputs: [a, b] }) => add(mul(da!, b!), mul(db!, a!)),
    };
    const operation: OperationRecord = {
      ...record((x) => x!, 0),
      kinks: [],
      kind: 'linear algebra',
      samples: [
        {
          run: (a, b) => apply(product, [a!, b!], undefined),
          inputs: [tensor([1.5, 2], { dtype: 'float64' }), tensor([-1, 0.5], { dtype: 'float64' })],
        },
      ],
    };
    const check = checkOperation(operation);
    expect(check).toMatchObject({ ok: false });
    expect(check.firstOrder).toBeLessThan(1e-9);
    expect(check.secondOrder).toBeLessThan(1e-7);
  });

  test('no samples are no proof', () => {
    expect(checkOperation({ ...record((x) => relu(x!), 0), samples: [] }).ok).toBe(false);
  });
});
