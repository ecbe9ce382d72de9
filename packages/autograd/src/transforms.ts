export { checkpoint } from './transforms/checkpoint.ts';
export { type CustomContext, type CustomGradient, customGradient } from './transforms/custom-gradient.ts';
export { jvp, linearize, type Tangents } from './transforms/forward.ts';
export { hessian, hvp, type JacobianOptions, jacobian } from './transforms/jacobian.ts';
export { type GradientOptions, grad, gradients, valueAndGrad, vjp } from './transforms/reverse.ts';
export { type Differentiable, stopGradient } from './transforms/trace.ts';
export { type VmapOptions, vmap } from './transforms/vmap.ts';
