import { toVariable, type Variable } from '@reparam/autograd';
import { formatShape, type Shape, ShapeError, sameShape, sizeOf } from '@reparam/tensor';
import type { ObjectiveOptions } from './terms.ts';

/**
 * ln p(x|z) for draws z [samples, ...batch, ...event] in nats: [samples, ...batch]. The decoder sees all draws as one
 * batch [samples · batch, ...event], so that it need not know about samples.
 * @throws ShapeError unless the axes of x begin with the posterior's batch.
 */
export function logLikelihoodOfDraws(
  operation: string,
  { x, posterior, decode }: Pick<ObjectiveOptions, 'x' | 'posterior' | 'decode'>,
  z: Variable,
): Variable {
  const { batchShape, eventShape } = posterior;
  const example = toVariable(x, z.dtype);
  requireExamples(operation, example.shape, batchShape);
  const [samples] = z.shape as readonly [number];
  const count = samples * sizeOf(batchShape);
  const rows = z.reshape([count, ...eventShape]);
  const repeated = example
    .expand([samples, ...example.shape])
    .reshape([count, ...example.shape.slice(batchShape.length)]);
  return decode(rows)
    .logProb(repeated)
    .reshape([samples, ...batchShape]);
}

function requireExamples(operation: string, x: Shape, batch: Shape): void {
  if (sameShape(x.slice(0, batch.length), batch)) return;
  throw new ShapeError(
    operation,
    `x is ${formatShape(x)} but the posterior is a batch of ${formatShape(batch)}; the first axes of x must be that ` +
      'batch: give one example for each distribution.',
    { x, posterior: batch },
  );
}
