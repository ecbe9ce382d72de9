import {
  type PerAxis,
  pickMaxima,
  requireFloating,
  spreadMaxima,
  type Windows,
  windowMaximum,
} from '@reparam/tensor';
import { documented, type Rules, type Sample } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { kink } from '../samples.ts';
import { type PoolOptions, resolvePool, surround } from './pool.ts';
import { convolution, sampleOf } from './record.ts';

function maxPoolRules(name: string): Rules<Windows> {
  return {
    name,
    forward: ([x], windows) => windowMaximum(x!, windows, name),
    derivative: 'x̄[s] = Σ ȳ[p] / ties[p] over the windows p whose largest element is at s',
    vjp: (_, cotangent, { inputs: [x], output, parameters }) =>
      apply(spreadRules, [cotangent, x!, output], parameters),
    jvp: ([tangent], { inputs: [x], output, parameters }) =>
      tangent && apply(pickRules, [tangent, x!, output], parameters),
  };
}

// Both are linear in their first input; where the largest elements are changes only at kinks.
const pickRules: Rules<Windows> = {
  name: 'pickMaxima',
  forward: ([tangent, x, largest], windows) => pickMaxima(tangent!, x!, largest!, windows),
  vjp: (index, cotangent, { inputs: [, x, largest], parameters }) =>
    index === 0 ? apply(spreadRules, [cotangent, x!, largest!], parameters) : undefined,
  jvp: ([tangent], { inputs: [, x, largest], parameters }) =>
    tangent && apply(pickRules, [tangent, x!, largest!], parameters),
};

const spreadRules: Rules<Windows> = {
  name: 'spreadMaxima',
  forward: ([cotangent, x, largest], windows) => spreadMaxima(cotangent!, x!, largest!, windows),
  vjp: (index, cotangent, { inputs: [, x, largest], parameters }) =>
    index === 0 ? apply(pickRules, [cotangent, x!, largest!], parameters) : undefined,
  jvp: ([tangent], { inputs: [, x, largest], parameters }) =>
    tangent && apply(spreadRules, [tangent, x!, largest!], parameters),
};

function maxPool(
  rules: Rules<Windows>,
  axes: number,
  x: Operand,
  size: PerAxis,
  options: PoolOptions,
): Variable {
  const operand = toVariable(x);
  // Whole numbers have no −∞ to pad with.
  requireFloating(rules.name, 'x', operand.dtype);
  const { padding, ...windows } = resolvePool(rules.name, operand.shape, axes, size, options);
  return apply(rules, [surround(operand, padding, -Infinity)], windows);
}

const record = (rules: Rules<Windows>, samples: readonly Sample[], tied: Parameters<typeof kink>) =>
  convolution(rules, {
    formula: 'y[p] = maxₖ x[p·stride + k − padding]',
    samples,
    kinks: [kink(...tied)],
  });

const rules1d = maxPoolRules('maxPool1d');
const rules2d = maxPoolRules('maxPool2d');

/**
 * The largest element of every window of the last axis: [..., L] → [..., ⌊(L + padding − size) / stride⌋ + 1], where
 * padding counts both ends and is never the largest. Ties share the cotangent equally.
 * @throws ShapeError, ArgumentError, DTypeError.
 */
export const maxPool1d = documented(
  (x: Operand, size: PerAxis, options: PoolOptions = {}): Variable => maxPool(rules1d, 1, x, size, options),
  (f) =>
    record(
      rules1d,
      [sampleOf((x) => f(x!, 2), [1, 2, 5]), sampleOf((x) => f(x!, 3, { stride: 2, padding: 1 }), [2, 1, 6])],
      [(x) => f(x!, 2, { stride: 1 }), [[[1, 3, 3, 2]]], [[[0, 1.5, 1.5, 0]]]],
    ),
);

/** The same over the last two axes: [..., H, W] → [..., H′, W′], each length as in {@link maxPool1d}. */
export const maxPool2d = documented(
  (x: Operand, size: PerAxis, options: PoolOptions = {}): Variable => maxPool(rules2d, 2, x, size, options),
  (f) =>
    record(
      rules2d,
      [
        sampleOf((x) => f(x!, 2), [1, 2, 4, 5]),
        sampleOf((x) => f(x!, [3, 2], { stride: [2, 1], padding: [1, [0, 1]] }), [2, 1, 4, 4]),
      ],
      [
        (x) => f(x!, 2, { padding: [[1, 0], 0] }),
        [
          [
            [
              [-3, -3],
              [4, 1],
              [2, 4],
            ],
          ],
        ],
        [
          [
            [
              [0.5, 0.5],
              [0.5, 0],
              [0, 0.5],
            ],
          ],
        ],
      ],
    ),
);
