import {
  type ConvolutionGeometry,
  type ConvolutionOptions,
  formatShape,
  requireFloating,
  requireSameDType,
  resolveConvolution,
  resolveTransposedConvolution,
  ShapeError,
  type TransposedConvolutionOptions,
} from '@reparam/tensor';
import { documented, type Rules, type Sample } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { add } from '../elementwise.ts';
import { reshape } from '../movement.ts';
import { convolutionRules } from './bilinear.ts';
import { convolution, sampleOf } from './record.ts';

interface Biased {
  /** [O], added at every position of each output channel. */
  readonly bias?: Operand;
}

export interface BiasedConvolutionOptions extends ConvolutionOptions, Biased {}
export interface BiasedTransposedConvolutionOptions extends TransposedConvolutionOptions, Biased {}

const rules1d = convolutionRules({ input: 'convTranspose1d', weight: 'conv1dWeight', output: 'conv1d' });
const rules2d = convolutionRules({ input: 'convTranspose2d', weight: 'conv2dWeight', output: 'conv2d' });

function run(
  rules: Rules<ConvolutionGeometry>,
  x: Variable,
  weight: Variable,
  geometry: ConvolutionGeometry,
  bias: Operand | undefined,
): Variable {
  requireFloating(rules.name, 'x', requireSameDType(rules.name, { x: x.dtype, weight: weight.dtype }));
  const output = apply(rules, [x, weight], geometry);
  return bias === undefined ? output : addBias(rules.name, output, toVariable(bias, x.dtype));
}

function addBias(operation: string, output: Variable, bias: Variable): Variable {
  const channels = output.shape[1]!;
  if (bias.rank !== 1 || bias.shape[0] !== channels) {
    throw new ShapeError(
      operation,
      `bias is ${formatShape(bias.shape)}, but needs one entry for each output channel, [${channels}].`,
      { bias: bias.shape, output: output.shape },
    );
  }
  return add(output, reshape(bias, [channels, ...output.shape.slice(2).map(() => 1)]));
}

function convolve(
  rules: Rules<ConvolutionGeometry>,
  axes: number,
  x: Operand,
  weight: Operand,
  { bias, ...options }: BiasedConvolutionOptions,
): Variable {
  const [input, filters] = [toVariable(x), toVariable(weight)];
  const geometry = resolveConvolution(rules.name, input.shape, filters.shape, axes, options);
  return run(rules, input, filters, geometry, bias);
}

function convolveTransposed(
  rules: Rules<ConvolutionGeometry>,
  axes: number,
  x: Operand,
  weight: Operand,
  { bias, ...options }: BiasedTransposedConvolutionOptions,
): Variable {
  const [input, filters] = [toVariable(x), toVariable(weight)];
  const geometry = resolveTransposedConvolution(rules.name, input.shape, filters.shape, axes, options);
  return run(rules, input, filters, geometry, bias);
}

const forwardRecord = (rules: Rules<ConvolutionGeometry>, samples: readonly Sample[]) =>
  convolution(rules, {
    formula: 'y[n, o, p] = Σ x[n, c, p·stride + k·dilation − padding] · w[o, c, k] over c, k',
    samples,
  });

const transposedRecord = (rules: Rules<ConvolutionGeometry>, samples: readonly Sample[]) =>
  convolution(rules, {
    formula: 'y[n, o, s] = Σ x[n, c, p] · w[c, o, k] over c and p·stride + k·dilation − padding = s',
    samples,
  });

/**
 * Cross-correlation over one spatial axis, as in PyTorch: x [N, C, L] with weight [O, C/groups, K] and bias [O] →
 * [N, O, ⌊(L + padding − dilation·(K − 1) − 1) / stride⌋ + 1], where padding counts both ends.
 * @throws ShapeError, ArgumentError, DTypeError.
 */
export const conv1d = documented(
  (x: Operand, weight: Operand, options: BiasedConvolutionOptions = {}): Variable =>
    convolve(rules1d.output, 1, x, weight, options),
  (f) =>
    forwardRecord(rules1d.output, [
      sampleOf((x, w) => f(x!, w!), [1, 2, 5], [3, 2, 3]),
      sampleOf((x, w, bias) => f(x!, w!, { bias: bias!, stride: 2, padding: 1 }), [2, 2, 6], [2, 2, 4], [2]),
      sampleOf((x, w) => f(x!, w!, { padding: 'same', dilation: 2, groups: 2 }), [2, 2, 5], [4, 1, 3]),
      sampleOf((x) => f(x!, x!, { padding: [[0, 2]] }), [2, 2, 3]),
    ]),
);

/**
 * Cross-correlation over two spatial axes, as in PyTorch: x [N, C, H, W] with weight [O, C/groups, K, L] and bias
 * [O] → [N, O, H′, W′], each length as in {@link conv1d}.
 *
 * ```ts
 * conv2d(images, weight, { bias, stride: 2, padding: 1 });
 * ```
 * @throws ShapeError, ArgumentError, DTypeError.
 */
export const conv2d = documented(
  (x: Operand, weight: Operand, options: BiasedConvolutionOptions = {}): Variable =>
    convolve(rules2d.output, 2, x, weight, options),
  (f) =>
    forwardRecord(rules2d.output, [
      sampleOf((x, w) => f(x!, w!), [1, 2, 3, 4], [2, 2, 2, 2]),
      sampleOf(
        (x, w, bias) => f(x!, w!, { bias: bias!, stride: 2, padding: 1 }),
        [2, 1, 4, 4],
        [2, 1, 4, 4],
        [2],
      ),
      sampleOf(
        (x, w) => f(x!, w!, { stride: [1, 2], dilation: [2, 1], groups: 2 }),
        [1, 4, 4, 5],
        [2, 2, 2, 3],
      ),
      sampleOf((x, w) => f(x!, w!, { padding: [[1, 0], 2], stride: [2, 3] }), [2, 1, 3, 4], [1, 1, 2, 3]),
      sampleOf((x, w) => f(x!, w!, { padding: 'same', stride: 2 }), [1, 1, 5, 4], [1, 1, 3, 2]),
    ]),
);

/**
 * The transposed (fractionally strided) convolution over one spatial axis, as in PyTorch, the adjoint of
 * {@link conv1d} by its input: x [N, C, L] with weight [C, O/groups, K] and bias [O] →
 * [N, O, (L − 1)·stride + dilation·(K − 1) + 1 + outputPadding − padding], where padding counts both ends.
 * @throws ShapeError, ArgumentError, DTypeError.
 */
export const convTranspose1d = documented(
  (x: Operand, weight: Operand, options: BiasedTransposedConvolutionOptions = {}): Variable =>
    convolveTransposed(rules1d.input, 1, x, weight, options),
  (f) =>
    transposedRecord(rules1d.input, [
      sampleOf((x, w) => f(x!, w!), [1, 2, 4], [2, 3, 3]),
      sampleOf(
        (x, w, bias) => f(x!, w!, { bias: bias!, stride: 2, padding: 1, outputPadding: 1 }),
        [2, 2, 3],
        [2, 2, 3],
        [2],
      ),
      sampleOf((x, w) => f(x!, w!, { stride: 3, dilation: 2, groups: 2 }), [2, 4, 3], [4, 1, 2]),
    ]),
);

/**
 * The transposed (fractionally strided) convolution over two spatial axes, as in PyTorch, the adjoint of
 * {@link conv2d} by its input: x [N, C, H, W] with weight [C, O/groups, K, L] and bias [O] → [N, O, H′, W′], each
 * length as in {@link convTranspose1d}. With the same stride and padding it undoes the change of shape:
 * `outputPadding` chooses among the lengths that the stride maps to one. @throws ShapeError, ArgumentError, DTypeError.
 */
export const convTranspose2d = documented(
  (x: Operand, weight: Operand, options: BiasedTransposedConvolutionOptions = {}): Variable =>
    convolveTransposed(rules2d.input, 2, x, weight, options),
  (f) =>
    transposedRecord(rules2d.input, [
      sampleOf((x, w) => f(x!, w!), [1, 2, 2, 3], [2, 1, 2, 3]),
      sampleOf(
        (x, w, bias) => f(x!, w!, { bias: bias!, stride: 2, padding: 1 }),
        [2, 1, 2, 2],
        [1, 2, 4, 4],
        [2],
      ),
      sampleOf(
        (x, w) => f(x!, w!, { stride: [2, 3], padding: [[1, 0], 1], outputPadding: [1, 2], groups: 2 }),
        [1, 2, 2, 3],
        [2, 2, 2, 3],
      ),
      sampleOf((x, w) => f(x!, w!, { dilation: [1, 2] }), [2, 1, 3, 2], [1, 2, 2, 2]),
    ]),
);
