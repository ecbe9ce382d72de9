import {
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  type Operand,
  parameter,
  toVariable,
  type Variable,
} from '@reparam/autograd';
import {
  ArgumentError,
  type ConvolutionOptions,
  type PerAxis,
  type RandomKey,
  type TransposedConvolutionOptions,
  zeros,
} from '@reparam/tensor';
import { requireCount } from '../arguments.ts';
import { Module } from '../module.ts';
import { type FloatingType, glorotUniform, type Initializer } from './initializers.ts';

/** What all layers of this kind are made from. */
export interface KernelOptions {
  /** Channels of x. */
  readonly inputs: number;
  /** Channels of the result. */
  readonly outputs: number;
  /** Lengths of the kernel; a number for the same along every axis. */
  readonly kernel: PerAxis;
  readonly key: RandomKey;
  /** Glorot uniform unless told. */
  readonly initializer?: Initializer;
  /** Whether to add a bias to each channel, which starts at zero; true unless told. */
  readonly bias?: boolean;
  readonly dtype?: FloatingType;
}

/** Kernel, stride, padding, dilation and groups as `conv2d` takes them. */
export interface ConvolutionLayerOptions extends KernelOptions, ConvolutionOptions {}

/** Kernel, stride, padding, dilation, groups and output padding as `convTranspose2d` takes them. */
export interface TransposedConvolutionLayerOptions extends KernelOptions, TransposedConvolutionOptions {}

/** The options that are the operation's own. */
type WindowsOf<O> = Omit<O, keyof KernelOptions>;

/** What sets one layer of this kind apart. */
interface Kind<O> {
  readonly name: string;
  /** How many spatial axes there are. */
  readonly axes: number;
  readonly transposed: boolean;
  readonly convolve: (
    x: Operand,
    weight: Operand,
    options: WindowsOf<O> & { readonly bias?: Operand },
  ) => Variable;
}

abstract class Convolution<
  O extends KernelOptions & Pick<ConvolutionOptions, 'groups' | 'stride'>,
> extends Module {
  /** [outputs, inputs/groups, ...kernel], or [inputs, outputs/groups, ...kernel] when transposed. */
  readonly weight: Variable;
  /** [outputs] */
  readonly bias: Variable | undefined;
  readonly #convolve: Kind<O>['convolve'];
  readonly #windows: WindowsOf<O>;

  /** @throws ArgumentError unless sizes are whole numbers above 0 and the groups divide the channels. */
  constructor(
    { name, axes, transposed, convolve }: Kind<O>,
    {
      inputs,
      outputs,
      kernel,
      key,
      initializer = glorotUniform,
      bias = true,
      dtype = 'float32',
      ...windows
    }: O,
  ) {
    super();
    const { groups = 1, stride = 1 } = windows;
    requireChannels(name, { inputs, outputs }, groups);
    const lengths = eachAxis(name, 'kernel', kernel, axes);
    const size = product(lengths);
    // A stride lets each element of the longer side meet only one in so many positions of the kernel.
    const met = size / product(eachAxis(name, 'stride', stride, axes));
    const fanIn = (inputs / groups) * (transposed ? met : size);
    const fanOut = (outputs / groups) * (transposed ? size : met);
    const channels = transposed ? [inputs, outputs / groups] : [outputs, inputs / groups];
    this.weight = parameter(initializer(key, fanIn, fanOut, dtype, [...channels, ...lengths]), 'weight');
    this.bias = bias ? parameter(zeros([outputs], { dtype }), 'bias') : undefined;
    this.#convolve = convolve;
    this.#windows = windows;
  }

  /** @throws ShapeError when x has other axes or channels, or is smaller than the kernel. */
  forward(x: Operand): Variable {
    const options = this.bias ? { ...this.#windows, bias: this.bias } : this.#windows;
    return this.#convolve(toVariable(x, this.weight.dtype), this.weight, options);
  }
}

function requireChannels(
  name: string,
  channels: Readonly<Record<'inputs' | 'outputs', number>>,
  groups: number,
): void {
  requireCount(name, 'groups', groups);
  for (const [argument, count] of Object.entries(channels)) {
    requireCount(name, argument, count);
    if (count % groups === 0) continue;
    throw new ArgumentError(
      name,
      'groups',
      groups,
      `${argument} is ${count}, which does not divide into ${groups} groups.`,
    );
  }
}

/** One length an axis. */
function eachAxis(name: string, argument: string, value: PerAxis, axes: number): readonly number[] {
  const lengths = typeof value === 'number' ? Array<number>(axes).fill(value) : value;
  if (lengths.length !== axes) {
    throw new ArgumentError(
      name,
      argument,
      value,
      `${argument} has ${lengths.length} numbers; it must be one for all axes, or ${axes}.`,
    );
  }
  for (const length of lengths) requireCount(name, argument, length);
  return lengths;
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total * length, 1);
}

/** A learned {@link conv1d}: [N, inputs, L] → [N, outputs, L′]. */
export class Conv1d extends Convolution<ConvolutionLayerOptions> {
  constructor(options: ConvolutionLayerOptions) {
    super({ name: 'Conv1d', axes: 1, transposed: false, convolve: conv1d }, options);
  }
}

/** A learned {@link conv2d}: [N, inputs, H, W] → [N, outputs, H′, W′]. */
export class Conv2d extends Convolution<ConvolutionLayerOptions> {
  constructor(options: ConvolutionLayerOptions) {
    super({ name: 'Conv2d', axes: 2, transposed: false, convolve: conv2d }, options);
  }
}

/** A learned {@link convTranspose1d}: [N, inputs, L] → [N, outputs, L′], back to the lengths before a strided Conv1d. */
export class ConvTranspose1d extends Convolution<TransposedConvolutionLayerOptions> {
  constructor(options: TransposedConvolutionLayerOptions) {
    super({ name: 'ConvTranspose1d', axes: 1, transposed: true, convolve: convTranspose1d }, options);
  }
}

/**
 * A learned {@link convTranspose2d}: [N, inputs, H, W] → [N, outputs, H′, W′], back to the lengths before a strided
 * Conv2d.
 */
export class ConvTranspose2d extends Convolution<TransposedConvolutionLayerOptions> {
  constructor(options: TransposedConvolutionLayerOptions) {
    super({ name: 'ConvTranspose2d', axes: 2, transposed: true, convolve: convTranspose2d }, options);
  }
}
