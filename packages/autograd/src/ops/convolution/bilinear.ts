import {
  type ConvolutionGeometry,
  convolutionInput,
  convolutionOutput,
  convolutionWeight,
  type Tensor,
} from '@reparam/tensor';
import type { Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import type { Variable } from '../../variable.ts';
import { add } from '../elementwise.ts';

/** The three places of the trilinear form Σ x·w·y that a convolution is. */
type Place = 'input' | 'weight' | 'output';

/** From which two places each one is computed, and how: the derivative of the form by it. */
const derivatives: Readonly<
  Record<
    Place,
    {
      readonly operands: readonly [Place, Place];
      readonly compute: (a: Tensor, b: Tensor, geometry: ConvolutionGeometry) => Tensor;
      /** For people, with x, w and y the three places as the result's users call them. */
      readonly derivative: string;
    }
  >
> = {
  input: {
    operands: ['output', 'weight'],
    compute: convolutionInput,
    derivative: 'x̄ = conv(ȳ, w), w̄[c, o, k] = Σ ȳ[n, o, p·stride + k·dilation − padding] · x[n, c, p]',
  },
  weight: {
    operands: ['input', 'output'],
    compute: convolutionWeight,
    derivative: 'x̄ = convTranspose(y, w̄), ȳ = conv(x, w̄)',
  },
  output: {
    operands: ['input', 'weight'],
    compute: convolutionOutput,
    derivative:
      'x̄ = convTranspose(ȳ, w), w̄[o, c, k] = Σ x[n, c, p·stride + k·dilation − padding] · ȳ[n, o, p]',
  },
};

/** The rules of a convolution (the output), its transpose (the input) and their derivative by the weight. */
export type ConvolutionRules = Readonly<Record<Place, Rules<ConvolutionGeometry>>>;

/**
 * Three rules that are each other's derivatives. With ⟨·, ·⟩ the form, the cotangent z̄ of a result z = ∂⟨⟩/∂z at
 * (a, b) takes the place of z in it: ā = ∂⟨⟩/∂a at (z̄, b), which is again one of the three.
 */
export function convolutionRules(names: Readonly<Record<Place, string>>): ConvolutionRules {
  const at = (
    place: Place,
    values: Readonly<Partial<Record<Place, Variable>>>,
    geometry: ConvolutionGeometry,
  ) => {
    const operands = derivatives[place].operands.map((operand) => values[operand]!);
    return apply(rules[place], operands, geometry);
  };
  const rulesOf = (place: Place): Rules<ConvolutionGeometry> => {
    const { operands, compute, derivative } = derivatives[place];
    return {
      name: names[place],
      derivative,
      forward: ([a, b], geometry) => compute(a!, b!, geometry),
      vjp: (index, cotangent, { inputs, parameters }) => {
        const other = 1 - index;
        return at(operands[index]!, { [place]: cotangent, [operands[other]!]: inputs[other] }, parameters);
      },
      jvp: ([da, db], { inputs: [a, b], parameters }) => {
        const left = da && apply(rules[place], [da, b!], parameters);
        const right = db && apply(rules[place], [a!, db], parameters);
        return left && right ? add(left, right) : (left ?? right);
      },
    };
  };
  const rules: ConvolutionRules = {
    input: rulesOf('input'),
    weight: rulesOf('weight'),
    output: rulesOf('output'),
  };
  return rules;
}
