import { type Tensor, tensor } from '@reparam/tensor';

export interface MaskOptions {
  readonly dimensions: number;
  readonly hidden: readonly number[];
  /** Numbers put out for each coordinate. */
  readonly width: number;
  readonly reversed: boolean;
  /** Whether there is a context, which the first coordinate may depend on through hidden units of its own. */
  readonly hasContext: boolean;
  readonly dtype: 'float32' | 'float64';
}

/**
 * The masks of a dense network whose output i depends on the inputs before i alone (MADE, Germain et al. 2015, eq. 8
 * and 9): a hidden unit has a degree m and sees inputs and units of degree ≤ m, outputs of coordinate d see units
 * of degree < d. One mask [inputs, outputs] for each layer.
 */
export function autoregressiveMasks({
  dimensions,
  hidden,
  width,
  reversed,
  hasContext,
  dtype,
}: MaskOptions): Tensor[] {
  const order = Array.from({ length: dimensions }, (_, i) => (reversed ? dimensions - i : i + 1));
  // Degree 0 sees no input: of use for what it makes of the context, or when there is nothing else.
  const lowest = hasContext || dimensions === 1 ? 0 : 1;
  const unitDegrees = hidden.map((units) =>
    Array.from({ length: units }, (_, k) => lowest + (k % (dimensions - lowest))),
  );
  const degrees = [order, ...unitDegrees];
  const maskBetween = (
    from: readonly number[],
    to: readonly number[],
    sees: (from: number, to: number) => boolean,
  ): Tensor =>
    tensor(
      from.map((source) => to.map((target) => (sees(source, target) ? 1 : 0))),
      { dtype },
    );
  const inner = unitDegrees.map((to, k) =>
    maskBetween(degrees[k]!, to, (source, target) => source <= target),
  );
  const outputs = order.flatMap((degree) => Array.from({ length: width }, () => degree));
  return [...inner, maskBetween(degrees.at(-1)!, outputs, (source, target) => source < target)];
}
