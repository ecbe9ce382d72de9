import type { Tensor } from '@reparam/tensor';
import { propagate, startingCotangent } from '../backward.ts';
import { withObserver } from '../observe.ts';
import { type TapeNode, tapeOf } from '../tape.ts';
import { fitCotangent } from '../unbroadcast.ts';
import type { Variable } from '../variable.ts';
import { derivativeOf, formulaOf } from './describe-rules.ts';
import { nameOnTape } from './format-tape.ts';
import { keptBytes } from './kept-bytes.ts';
import { summarize, type TensorSummary } from './summarize.ts';
import { type NodeRecord, type Verdict, verifyNode } from './verify-node.ts';

export interface TraceOptions {
  /** The cotangent to start from; not needed for a scalar. */
  readonly cotangent?: Tensor;
  /** Whether steps are compared with finite differences; true unless told. */
  readonly verify?: boolean;
}

/** An input of an operation, and what the backward pass sends to it. */
export interface TracedOperand {
  /** As formatTape calls it. */
  readonly name: string;
  readonly value: TensorSummary;
  /** Whether gradients flow to it. */
  readonly tracked: boolean;
  /** Its share of the cotangent, broadcasting undone; undefined where there is none. */
  readonly contribution?: TensorSummary;
}

/** One operation of a backward pass. */
export interface BackwardStep {
  /** 0 for the first operation of the walk, which is the last that was computed. */
  readonly position: number;
  /** As formatTape calls the result. */
  readonly name: string;
  readonly operation: string;
  readonly formula?: string;
  /** The formula of the derivative, as far as the operation tells. */
  readonly derivative?: string;
  readonly operands: readonly TracedOperand[];
  readonly output: TensorSummary;
  /** What arrives: the complete cotangent of the output. */
  readonly cotangent: TensorSummary;
  /** Memory that the tape holds for this operation alone. */
  readonly bytes: number;
  /** Computed when it is first asked for, as it takes a few forward passes in double precision. */
  readonly verdict: Verdict;
}

export interface BackwardTrace {
  readonly steps: readonly BackwardStep[];
  /** The gradients of the leaves, by the order in which they were first used. */
  readonly gradients: readonly { readonly name: string; readonly gradient: TensorSummary }[];
}

/**
 * Walks the tape of `output` backwards and writes down each step as plain data: what arrives, what goes on to each
 * input, and whether finite differences agree with the operation's rule, with an error of at most 1e-6. Leaves keep
 * their `grad`, and the tape is kept. @throws ShapeError, DTypeError, StaleTapeError, FreedTapeError as backward does.
 */
export function traceBackward(
  output: Variable,
  { cotangent, verify = true }: TraceOptions = {},
): BackwardTrace {
  const start = startingCotangent('traceBackward', output, cotangent);
  const tape = tapeOf(output);
  const nameOf = nameOnTape(tape);
  const bytes = keptBytes(tape);
  const records = new Map<Variable, NodeRecord>(tape.map((node) => [node.output, { ...node }]));
  const leaves = new Set(tape.flatMap(({ inputs }) => inputs.filter(({ requiresGrad }) => requiresGrad)));
  const steps: BackwardStep[] = [];
  const backward = (node: TapeNode, arriving: Variable, pull: () => void): void => {
    const judge = (): Verdict =>
      verify
        ? verifyNode(records.get(node.output)!, arriving.value, records)
        : { kind: 'not checked', reason: 'it was not asked for' };
    steps.push(
      describeStep(node, arriving, { position: steps.length, bytes: bytes.get(node)!, nameOf, judge }),
    );
    pull();
  };
  const cotangents = withObserver({ backward }, () => propagate(tape, output, start, leaves, false));
  const gradients = [...leaves].flatMap((leaf) => {
    const gradient = cotangents.get(leaf);
    return gradient ? [{ name: nameOf(leaf), gradient: summarize(gradient.value) }] : [];
  });
  return { steps, gradients };
}

interface Surroundings extends Pick<BackwardStep, 'position' | 'bytes'> {
  readonly nameOf: (variable: Variable) => string;
  readonly judge: () => Verdict;
}

function describeStep(
  node: TapeNode,
  arriving: Variable,
  { nameOf, judge, ...place }: Surroundings,
): BackwardStep {
  const { rules, inputs, inputValues, output } = node;
  const [formula, derivative] = [formulaOf(rules), derivativeOf(rules)];
  let verdict: Verdict | undefined;
  return {
    ...place,
    name: nameOf(output),
    operation: rules.name,
    ...(formula !== undefined && { formula }),
    ...(derivative !== undefined && { derivative }),
    operands: inputs.map((input, i): TracedOperand => {
      const contribution = input.tracked ? rules.vjp(i, arriving, node) : undefined;
      return {
        name: nameOf(input),
        value: summarize(inputValues[i]!),
        tracked: input.tracked,
        ...(contribution && {
          contribution: summarize(fitCotangent(rules, i, contribution, input.shape).value),
        }),
      };
    }),
    output: summarize(output.value),
    cotangent: summarize(arriving.value),
    get verdict() {
      verdict ??= judge();
      return verdict;
    },
  };
}
