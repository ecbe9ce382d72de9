import {
  ArgumentError,
  formatShape,
  interpolate,
  interpolateAdjoint,
  type LinearGrid,
  linearGrid,
  type PerAxis,
  requireFloating,
  resolvePerAxis,
  type Shape,
  ShapeError,
} from '@reparam/tensor';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { linearRules } from '../linear.ts';
import { convolution, sampleOf } from './record.ts';

type Grids = readonly LinearGrid[];

const rules: Rules<Grids> = linearRules({
  name: 'upsampleBilinear',
  forward: ([x], grids) => grids.reduce(interpolate, x!),
  adjoint: (cotangent, { parameters }) => apply(adjointRules, [cotangent], parameters),
});

const adjointRules: Rules<Grids> = linearRules({
  name: 'upsampleBilinearAdjoint',
  forward: ([y], grids) => grids.reduceRight(interpolateAdjoint, y!),
  adjoint: (cotangent, { parameters }) => apply(rules, [cotangent], parameters),
});

export interface BilinearOptions {
  /** How many times larger the result is, for both axes or for each; or give its size. */
  readonly factor?: PerAxis;
  /** Height and width of the result. */
  readonly size?: readonly [height: number, width: number];
  /**
   * Whether the elements at the corners keep their places, rather than elements being the middles of equal parts of
   * the image: false unless told.
   */
  readonly alignCorners?: boolean;
}

/**
 * Images of another size, each element between its four neighbours: [N, C, H, W] → [N, C, ...size], as PyTorch
 * interpolates (mode bilinear). @throws ShapeError, ArgumentError unless one of factor and size is given, DTypeError.
 */
export const upsampleBilinear = documented(
  (x: Operand, options: BilinearOptions): Variable => {
    const operand = toVariable(x);
    const { shape, rank } = operand;
    requireFloating('upsampleBilinear', 'x', operand.dtype);
    if (rank !== 4 || shape[2] === 0 || shape[3] === 0) {
      throw new ShapeError(
        'upsampleBilinear',
        `x is ${formatShape(shape)}, but needs the axes [batch, channels, height, width], the last two not empty.`,
        { x: shape },
      );
    }
    const [height, width] = resolveSize(shape, options);
    const alignCorners = options.alignCorners ?? false;
    // Rows first, while there are fewer of them.
    const grids = [
      linearGrid(3, shape[3]!, width, alignCorners),
      linearGrid(2, shape[2]!, height, alignCorners),
    ];
    return apply(rules, [operand], grids);
  },
  (f) =>
    convolution(rules, {
      formula: 'y[i, j] = Σ w x over the four neighbours of (i, j)',
      samples: [
        sampleOf((x) => f(x!, { factor: 2 }), [2, 1, 2, 3]),
        sampleOf((x) => f(x!, { size: [5, 2], alignCorners: true }), [1, 2, 3, 3]),
        sampleOf((x) => f(x!, { size: [2, 7] }), [1, 1, 3, 2]),
      ],
    }),
);

function resolveSize(shape: Shape, { factor, size }: BilinearOptions): [height: number, width: number] {
  if ((factor === undefined) === (size === undefined)) {
    throw new ArgumentError(
      'upsampleBilinear',
      'size',
      size,
      'give the factor or the size of the result, and not both.',
    );
  }
  const pair = (name: string, value: PerAxis) =>
    resolvePerAxis('upsampleBilinear', name, value, 2, 1) as [number, number];
  if (size !== undefined) return pair('size', size);
  const [vertical, horizontal] = pair('factor', factor!);
  return [shape[2]! * vertical, shape[3]! * horizontal];
}
