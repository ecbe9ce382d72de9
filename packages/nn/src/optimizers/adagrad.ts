import { scalarFunctions as f, input } from '@reparam/tensor';
import { requireNonNegative } from '../arguments.ts';
import { descend, gradient, squaredGradient } from './formulas.ts';
import { Optimizer, type Parameters } from './optimizer.ts';

export interface AdagradOptions {
  /** 0.01 unless told. */
  readonly learningRate?: number;
  /** What the sums of squares start from; larger makes the first steps shorter. 0 unless told. */
  readonly initialAccumulator?: number;
  /** Keeps the division finite; 1e-10 unless told. */
  readonly epsilon?: number;
}

/** AdaGrad (Duchi, Hazan & Singer 2011): s ← s + g², p ← p − ηg/(√s + ε). @throws ArgumentError */
export function adagrad(
  parameters: Parameters,
  { learningRate = 0.01, initialAccumulator = 0, epsilon = 1e-10 }: AdagradOptions = {},
): Optimizer {
  requireNonNegative('adagrad', 'initialAccumulator', initialAccumulator);
  requireNonNegative('adagrad', 'epsilon', epsilon);
  const sumOfSquares = input(2);
  const rate = input(3);
  const eps = input(4);
  return new Optimizer(
    {
      name: 'adagrad',
      slots: [
        {
          name: 'sumOfSquares',
          initial: initialAccumulator,
          update: f.add(sumOfSquares, squaredGradient),
        },
      ],
      parameter: descend(rate, f.divide(gradient, f.add(f.sqrt(sumOfSquares), eps))),
      scalars: (_step, eta) => [eta],
      constants: () => [epsilon],
    },
    parameters,
    learningRate,
  );
}
