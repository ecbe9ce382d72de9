import { resolveWindows, type Shape, type WindowOptions } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { convolution, sampleOf } from './record.ts';
import { windowsRules } from './window-rules.ts';

/**
 * Windows that slide over the last axes, as many as `size` has entries: [...lead, ...lengths] →
 * [...lead, ...size, ...count], a view that costs no memory. Of images [N, C, H, W], reshaped to
 * [N, C·size, count], they are PyTorch's unfold. To pad, use `pad` first.
 * @throws ShapeError when a window does not fit, ArgumentError.
 *
 * ```ts
 * windows(signal, [400], { stride: 160 }); // [batch, samples] → [batch, 400, frames]
 * ```
 */
export const windows = documented(
  (x: Operand, size: Shape, options: Omit<WindowOptions, 'padding'> = {}): Variable => {
    const operand = toVariable(x);
    const { padding: _, ...geometry } = resolveWindows('windows', operand.shape, size, options);
    return apply(windowsRules, [operand], geometry);
  },
  (f) =>
    convolution(windowsRules, {
      formula: 'y[k, p] = x[p·stride + k·dilation]',
      samples: [
        sampleOf((x) => f(x!, [3]), [2, 5]),
        sampleOf((x) => f(x!, [2, 3], { stride: [2, 1], dilation: [1, 2] }), [2, 5, 6]),
        sampleOf((x) => f(x!, [2], { stride: 3 }), [7]),
      ],
    }),
);
