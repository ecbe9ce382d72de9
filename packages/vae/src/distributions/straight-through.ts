import { argmax, customGradient, type Operand, oneHot, type Variable } from '@reparam/autograd';

/**
 * One-hot vectors of the largest entry along the last axis forward, the identity backward (Bengio et al. 2013): with
 * draws of {@link RelaxedCategorical} it is the straight-through Gumbel-softmax (Jang et al. 2017). The gradient is
 * that of the soft values, and so has a bias.
 */
export const straightThroughOneHot: (soft: Operand) => Variable = customGradient({
  name: 'straightThroughOneHot',
  forward: (soft) => oneHot(argmax(soft!, { axis: -1 }), soft!.shape.at(-1)!, soft!.dtype),
  vjp: (cotangent) => [cotangent],
});

/** 1 above ½ and else 0 forward, the identity backward. */
export const straightThroughBinary: (soft: Operand) => Variable = customGradient({
  name: 'straightThroughBinary',
  forward: (soft) => soft!.greater(0.5),
  vjp: (cotangent) => [cotangent],
});
