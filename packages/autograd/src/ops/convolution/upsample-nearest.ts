import { formatShape, type PerAxis, resolvePerAxis, ShapeError } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { expand, reshape } from '../movement.ts';
import { convolution, sampleOf } from './record.ts';
import { overlapAddRules } from './window-rules.ts';

/**
 * Every element repeated along the spatial axes: [N, C, ...lengths] → [N, C, ...lengths · factor], with one factor
 * for all spatial axes or one for each. @throws ShapeError without spatial axes, ArgumentError.
 */
export const upsampleNearest = documented(
  (x: Operand, factor: PerAxis): Variable => {
    const operand = toVariable(x);
    const [lead, lengths] = [operand.shape.slice(0, 2), operand.shape.slice(2)];
    if (lengths.length === 0) {
      throw new ShapeError(
        'upsampleNearest',
        `x is ${formatShape(operand.shape)}, but needs spatial axes after two others: [batch, channels, ...spatial].`,
        { x: operand.shape },
      );
    }
    const factors = resolvePerAxis('upsampleNearest', 'factor', factor, lengths.length, 1);
    // Each element fills a window, and windows tile the result.
    const filled = reshape(operand, [...lead, ...factors.map(() => 1), ...lengths]);
    return apply(overlapAddRules, [expand(filled, [...lead, ...factors, ...lengths])], {
      size: factors,
      stride: factors,
      dilation: factors.map(() => 1),
      count: lengths,
      into: [...lead, ...lengths.map((length, axis) => length * factors[axis]!)],
    });
  },
  (f) =>
    convolution('upsampleNearest', {
      formula: 'y[n, c, s] = x[n, c, ⌊s / factor⌋]',
      samples: [sampleOf((x) => f(x!, 3), [2, 1, 3]), sampleOf((x) => f(x!, [2, 3]), [1, 2, 2, 2])],
    }),
);
