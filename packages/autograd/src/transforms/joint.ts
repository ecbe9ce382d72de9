import type { RuleContext, Rules } from '../operation.ts';
import { isRecording } from '../tape.ts';
import type { Variable } from '../variable.ts';

/** The cotangents of all inputs at once. */
export type JointPullback<P> = (
  cotangent: Variable,
  context: RuleContext<P>,
) => readonly (Variable | undefined)[];

/** A vjp rule out of one that gives the cotangents of all inputs in one go, and is run once for all of them. */
export function jointVjp<P>(pull: JointPullback<P>): Rules<P>['vjp'] {
  // Kept by cotangent, which nobody holds on to after its step of the backward pass.
  const pulled = new WeakMap<
    Variable,
    { output: Variable; recorded: boolean; result: readonly (Variable | undefined)[] }
  >();
  return (index, cotangent, context) => {
    const known = pulled.get(cotangent);
    if (known?.output === context.output && known.recorded === isRecording()) return known.result[index];
    const result = pull(cotangent, context);
    pulled.set(cotangent, { output: context.output, recorded: isRecording(), result });
    return result[index];
  };
}
