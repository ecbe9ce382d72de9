import {
  ArgumentError,
  formatShape,
  ones,
  ReparamError,
  requireSameDType,
  ShapeError,
  sameShape,
  type Tensor,
} from '@reparam/tensor';
import { activeObserver } from './observe.ts';
import { add } from './ops/elementwise.ts';
import { freeTape, type TapeNode, tapeOf, withRecording } from './tape.ts';
import { fitCotangent } from './unbroadcast.ts';
import { Variable } from './variable.ts';

/** A tape that no longer matches its leaves: one was assigned to between the computation and the backward pass. */
export class StaleTapeError extends ReparamError {}

/**
 * Walks a tape backwards from `output` and returns the cotangents of `targets`. Nodes that lead to no
 * target are not visited. With `recordRules` the pass is itself recorded, for higher derivatives.
 */
export function propagate(
  tape: readonly TapeNode[],
  output: Variable,
  cotangent: Variable,
  targets: ReadonlySet<Variable>,
  recordRules: boolean,
): Map<Variable, Variable> {
  const relevant = leadingTo(targets, tape);
  const cotangents = new Map<Variable, Variable>([[output, cotangent]]);
  const observer = activeObserver();
  const pull = (node: TapeNode, arriving: Variable): void => {
    requireFresh(node);
    node.inputs.forEach((input, index) => {
      if (!targets.has(input) && !(input.node && relevant.has(input.node))) return;
      const contribution = node.rules.vjp(index, arriving, node);
      if (contribution === undefined) return;
      const fitted = fitCotangent(node.rules, index, contribution, input.shape);
      const sofar = cotangents.get(input);
      cotangents.set(input, sofar ? add(sofar, fitted) : fitted);
    });
  };
  withRecording(recordRules, () => {
    for (const node of tape.toReversed()) {
      const complete = cotangents.get(node.output);
      if (complete === undefined || !relevant.has(node)) continue;
      const arriving = runHooks(node.output, complete);
      if (targets.has(node.output)) cotangents.set(node.output, arriving);
      else cotangents.delete(node.output);
      if (observer?.backward) observer.backward(node, arriving, () => pull(node, arriving));
      else pull(node, arriving);
    }
    // What no node of this walk computed is complete only now.
    for (const target of targets) {
      const complete = cotangents.get(target);
      if (complete === undefined || (target.node && relevant.has(target.node))) continue;
      cotangents.set(target, runHooks(target, complete));
    }
  });
  return cotangents;
}

/** @throws ShapeError when a hook returns a cotangent of another shape. */
function runHooks(variable: Variable, complete: Variable): Variable {
  let cotangent = complete;
  for (const hook of variable.gradientHooks ?? []) {
    const replaced = hook(cotangent) ?? cotangent;
    if (!sameShape(replaced.shape, variable.shape)) {
      throw new ShapeError(
        'onGradient',
        `the hook returned a cotangent of ${formatShape(replaced.shape)}, but the variable is ` +
          `${formatShape(variable.shape)}.`,
        { cotangent: replaced.shape, variable: variable.shape },
      );
    }
    cotangent = replaced;
  }
  return cotangent;
}

function leadingTo(targets: ReadonlySet<Variable>, tape: readonly TapeNode[]): Set<TapeNode> {
  const relevant = new Set<TapeNode>();
  for (const node of tape) {
    if (node.inputs.some((input) => targets.has(input) || (input.node && relevant.has(input.node))))
      relevant.add(node);
  }
  return relevant;
}

export function requireFresh({ rules, inputs, inputValues }: TapeNode): void {
  const stale = inputs.findIndex((input, index) => input.stored !== inputValues[index]);
  if (stale < 0) return;
  const name = inputs[stale]?.name;
  throw new StaleTapeError(
    rules.name,
    `input ${stale}${name ? ` (${name})` : ''} was assigned a new value after this was computed, so its gradient ` +
      'would be wrong. Run the forward pass again before the backward pass.',
  );
}

/** A cotangent of ones for a scalar, or the given one, checked. @throws ShapeError, DTypeError. */
export function startingCotangent(
  operation: string,
  output: Variable,
  cotangent: Tensor | Variable | undefined,
): Variable {
  if (cotangent === undefined) {
    if (output.size !== 1) {
      throw new ShapeError(
        operation,
        `the output is ${formatShape(output.shape)}, not a scalar. Reduce it first (sum or mean), or pass the ` +
          'cotangent to start from.',
        { output: output.shape },
      );
    }
    return new Variable(ones(output.shape, { dtype: output.dtype }));
  }
  if (!sameShape(cotangent.shape, output.shape)) {
    throw new ShapeError(
      operation,
      `the cotangent is ${formatShape(cotangent.shape)} but the output is ${formatShape(output.shape)}.`,
      { cotangent: cotangent.shape, output: output.shape },
    );
  }
  requireSameDType(operation, { output: output.dtype, cotangent: cotangent.dtype });
  return cotangent instanceof Variable ? cotangent : new Variable(cotangent);
}

export interface BackwardOptions {
  /** Keep the tape for another backward pass; false unless told. */
  readonly retainTape?: boolean;
}

/**
 * Adds the gradient of `output` to the `grad` of every leaf that requires one, and frees the tape. Without
 * `cotangent` the output must be a scalar. @throws ArgumentError when no leaf requires gradients, ShapeError,
 * DTypeError, StaleTapeError, FreedTapeError on a second pass over a tape that was not retained.
 */
export function backward(
  output: Variable,
  cotangent?: Tensor,
  { retainTape = false }: BackwardOptions = {},
): void {
  if (!output.tracked) {
    throw new ArgumentError(
      'backward',
      'output',
      output,
      'no gradient flows to any leaf: the output was computed from constants, under noGrad, or after stopGradient. ' +
        'Mark leaves with variable(…, { requiresGrad: true }) or parameter(…).',
    );
  }
  const start = startingCotangent('backward', output, cotangent);
  const tape = tapeOf(output);
  const leaves = new Set(
    [output, ...tape.flatMap(({ inputs }) => inputs)].filter((each) => each.requiresGrad),
  );
  const cotangents = propagate(tape, output, start, leaves, false);
  if (!retainTape) freeTape(tape);
  withRecording(false, () => {
    for (const leaf of leaves) {
      const gradient = cotangents.get(leaf);
      if (gradient) leaf.grad = leaf.grad ? add(leaf.grad, gradient).value : gradient.value;
    }
  });
}
