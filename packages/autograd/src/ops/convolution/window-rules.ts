import { elementsOfWindows, overlapAdd, type Shape, type Windows, windowView } from '@reparam/tensor';
import type { Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { linearRules } from '../linear.ts';

/** [...lead, ...lengths] → [...lead, ...size, ...count], a view. */
export const windowsRules: Rules<Windows> = linearRules({
  name: 'windows',
  forward: ([x], geometry) => windowView(x!, geometry, x!.rank - geometry.size.length),
  adjoint: (cotangent, { inputs: [x], parameters }) =>
    apply(overlapAddRules, [cotangent], { ...parameters, into: x!.shape }),
});

/** The adjoint of taking windows, of the shape `into`: elements add up where windows overlap. */
export const overlapAddRules: Rules<Windows & { readonly into: Shape }> = linearRules({
  name: 'overlapAdd',
  forward: ([elements], { into, ...geometry }) =>
    overlapAdd(elementsOfWindows(elements!, geometry), geometry, into, elements!.dtype),
  adjoint: (cotangent, { parameters: { into: _, ...geometry } }) =>
    apply(windowsRules, [cotangent], geometry),
});
