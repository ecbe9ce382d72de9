import { DTypeError, ReparamError, type Tensor } from '@reparam/tensor';
import { flat } from '../check/probes.ts';
import type { RuleContext } from '../operation.ts';
import { noGrad, type TapeNode } from '../tape.ts';
import { fitCotangent } from '../unbroadcast.ts';
import { Variable } from '../variable.ts';
import { judgeAmongNeighbours } from './judge-among-neighbours.ts';
import { judgeInput } from './judge-input.ts';
import { copyOf, doublePrecision, type Precision, singlePrecision, toDouble } from './precision.ts';

/** ⟨contribution, u⟩ by the rule and by differences, for a random direction u. */
export interface InputVerdict {
  /** Which input moved; undefined where they moved together, as what computed them allows. */
  readonly input?: number;
  readonly derived: number;
  /** By differences; at a kink from the smallest to the largest that differences to the two sides allow. */
  readonly difference: number | readonly [number, number];
  /** How far the rule is from that, relative to the size of the terms that make it up. */
  readonly error: number;
}

export interface JudgedVerdict {
  readonly kind: 'agrees' | 'at a kink' | 'differs';
  /** What it was computed in: double precision, or single where an operation takes nothing else. */
  readonly precision: Precision['dtype'];
  readonly inputs: readonly InputVerdict[];
}

/** What finite differences say of one operation's own derivative rule, at the values that went through it. */
export type Verdict = JudgedVerdict | { readonly kind: 'not checked'; readonly reason: string };

/** What a verdict needs to know of a node: a copy, as a backward pass may free the tape before it is asked for. */
export type NodeRecord = Pick<TapeNode, 'rules' | 'parameters' | 'inputs' | 'inputValues' | 'output'>;

/** One node computed again, to be judged. */
export interface Evidence {
  readonly precision: Precision;
  readonly node: NodeRecord;
  /** The inputs' values. */
  readonly point: readonly Tensor[];
  /** The output's values. */
  readonly here: Float64Array;
  readonly cotangent: Float64Array;
  /** What the rule gives to each input; undefined for none. */
  readonly contributions: readonly (Float64Array | undefined)[];
}

/**
 * Checks the vjp rule of one node. All is computed again in double precision from the values that were there, so that
 * the verdict is about the rule and not about rounding. For each input that gradients flow to, the derivative of
 * ⟨cotangent, output⟩ along a random direction is compared with what the rule gives, to 1e-6; where an operation takes
 * nothing but float32, to 1e-2. Where differences to the two sides disagree, at a kink, a rule may give anything
 * between them.
 *
 * @param producers the nodes of the tape by their outputs, in order of computation.
 */
export function verifyNode(
  node: NodeRecord,
  cotangent: Tensor,
  producers: ReadonlyMap<Variable, NodeRecord>,
): Verdict {
  const { inputValues, output } = node;
  if ([...inputValues, output.stored].some((each) => holds(each, Number.isNaN))) {
    return notChecked('values are NaN');
  }
  if (holds(cotangent, (value) => !Number.isFinite(value))) return notChecked('the cotangent is not finite');
  const judge = (precision: Precision): Verdict =>
    noGrad(() => {
      const evidence = computeAgain(node, cotangent, precision);
      return typeof evidence === 'string' ? notChecked(evidence) : judgeEvidence(evidence, producers);
    });
  try {
    return judge(doublePrecision);
  } catch (error) {
    // Constants in a rule of one's own may allow for the type of the original values alone.
    if (!(error instanceof DTypeError && output.dtype === 'float32')) return refused(error);
  }
  try {
    return judge(singlePrecision);
  } catch (error) {
    return refused(error);
  }
}

function refused(error: unknown): Verdict {
  if (!(error instanceof ReparamError)) throw error;
  return notChecked(`it cannot be computed again: ${error.message.replace(/\.$/, '')}`);
}

function judgeEvidence(evidence: Evidence, producers: ReadonlyMap<Variable, NodeRecord>): Verdict {
  const { precision, node } = evidence;
  const verdict = summarizeVerdicts(
    precision,
    node.inputs.flatMap(({ tracked }, i) => (tracked ? [judgeInput(evidence, i)] : [])),
  );
  if (verdict.kind === 'agrees') return verdict;
  const together = judgeAmongNeighbours(evidence, producers);
  return together ? { kind: 'agrees', precision: precision.dtype, inputs: [together] } : verdict;
}

/** The node computed again, or why that is not possible. @throws DTypeError where it does not take the type. */
function computeAgain(node: NodeRecord, cotangent: Tensor, precision: Precision): Evidence | string {
  const { rules, parameters, inputs, inputValues, output } = node;
  const convert = precision === doublePrecision ? toDouble : copyOf;
  const point = inputValues.map(convert);
  const value = rules.forward(point, parameters);
  if (value === output.stored) return 'its result was kept, and is not computed again';
  // A cast to single precision, or what has one inside.
  if (precision === doublePrecision && value.dtype === 'float32')
    return computeAgain(node, cotangent, singlePrecision);
  const context: RuleContext<unknown> = {
    parameters,
    inputs: point.map((each, i) => new Variable(each, { requiresGrad: inputs[i]!.tracked })),
    output: new Variable(value),
  };
  const arriving = new Variable(convert(cotangent));
  const contributions = inputs.map(({ tracked }, i) => {
    const contribution = tracked ? rules.vjp(i, arriving, context) : undefined;
    return contribution && flat(fitCotangent(rules, i, contribution, point[i]!.shape).value);
  });
  if (contributions.some((each) => each?.some((entry) => !Number.isFinite(entry)))) {
    return 'a contribution is not finite';
  }
  return { precision, node, point, here: flat(value), cotangent: flat(cotangent), contributions };
}

function notChecked(reason: string): Verdict {
  return { kind: 'not checked', reason };
}

function holds(tensor: Tensor, test: (value: number) => boolean): boolean {
  return tensor.toTypedArray().some(test);
}

/** The worst of what was found for the inputs. */
function summarizeVerdicts(precision: Precision, found: readonly Verdict[]): Verdict {
  const ofKind = (kind: Verdict['kind']): Verdict | undefined => found.find((each) => each.kind === kind);
  const worst = ofKind('differs') ?? ofKind('not checked') ?? ofKind('at a kink');
  if (worst?.kind === 'not checked') return worst;
  const inputs = found.flatMap((each) => (each.kind === 'not checked' ? [] : each.inputs));
  return { kind: worst?.kind ?? 'agrees', precision: precision.dtype, inputs };
}
