import type { OperationRecord } from '../../operation.ts';
import { formulaMutants } from './formula-mutants.ts';
import { type Mutant, withMutant } from './mutant.ts';
import { ruleMutants } from './rule-mutants.ts';
import { ruleNumbers } from './rule-numbers.ts';
import { sameNumbers } from './same-numbers.ts';
import { type Subject, subjectsOf } from './subjects.ts';

/** What became of one mutant. */
export interface Verdict extends Judgement {
  /** The operations whose checks it was shown to. */
  readonly operations: readonly string[];
  readonly rule: string;
  readonly mutation: string;
}

interface Judgement {
  /** Caught by the checks; or equivalent, since no derivative changes; or a hole in the checks. */
  readonly outcome: 'caught' | 'equivalent' | 'survived';
  /** Why none changes. */
  readonly reason?: string;
}

/**
 * The mutation gate: every rule that the samples of `operations` put on a tape, corrupted in every way we know, one at
 * a time. The checks have to notice each; what they need not notice has to change nothing, and gives the reason.
 */
export function* mutationGate(
  operations: readonly OperationRecord[],
  table: readonly OperationRecord[],
): Generator<Verdict> {
  for (const subject of subjectsOf(operations, table)) {
    const { rules, order, nodes, guards } = subject;
    const original = ruleNumbers(rules, nodes);
    const unused = !subject.owned && passesUnnoticed(subject, original);
    const mutants = [...ruleMutants(rules, nodes), ...formulaMutants(rules, nodes)];
    for (const mutant of mutants) {
      // What breaks the second derivatives of a rule that only takes part in second ones shows in third ones.
      if (order === 2 && mutant.secondOrderOnly) continue;
      if (!subject.owned && mutant.repeatedArgumentOnly) continue;
      yield {
        operations: guards.map(({ operation }) => operation.name),
        rule: rules.name,
        mutation: mutant.mutation,
        ...(unused ? nothingFlows : judge(subject, mutant, original)),
      };
    }
  }
}

const nothingFlows: Judgement = { outcome: 'equivalent', reason: 'no derivative flows through it' };

/**
 * Whether operations need nothing of the derivative of a rule on their tapes: the factors of a matrix, say, that only
 * help to solve a system which is differentiated as a whole.
 */
function passesUnnoticed(subject: Subject, original: readonly number[]): boolean {
  const dropped: Mutant = {
    mutation: 'no derivative',
    replacement: { vjp: () => undefined, jvp: () => undefined },
  };
  return examine(subject, dropped, original) === 'unnoticed';
}

function judge(subject: Subject, mutant: Mutant, original: readonly number[]): Judgement {
  const found = examine(subject, mutant, original);
  if (found === 'caught') return { outcome: 'caught' };
  const reason = found === 'unnoticed' ? mutant.hidden : excuseOf(mutant, original);
  return reason === undefined ? { outcome: 'survived' } : { outcome: 'equivalent', reason };
}

function excuseOf({ excuse }: Mutant, original: readonly number[]): string | undefined {
  return original.every((value) => value === 0) ? 'there is no derivative' : excuse?.();
}

/** Runs the checks on a mutant. What they do not catch may change what the rule gives, or nothing at all. */
function examine(
  { rules, order, nodes, guards }: Subject,
  mutant: Mutant,
  original: readonly number[],
): 'caught' | 'unnoticed' | 'unchanged' {
  const firstDerivativesHold = order === 2 || mutant.secondOrderOnly === true;
  return withMutant(rules, mutant, () => {
    try {
      if (!firstDerivativesHold && guards.some((bench) => bench.rejectsFirstOrder())) return 'caught';
      const unchanged = sameNumbers(ruleNumbers(rules, nodes), original);
      if (!unchanged && !firstDerivativesHold) {
        return guards.some((bench) => bench.rejectsSecondOrder()) ? 'caught' : 'unnoticed';
      }
      // First derivatives are those of the original, so its differences are the truth in second order, too.
      const outcomes = guards.map((bench) => bench.compareSecondOrder());
      if (outcomes.includes('wrong') || guards.some((bench) => bench.rejectsKinks())) return 'caught';
      return unchanged && !outcomes.includes('different') ? 'unchanged' : 'unnoticed';
    } catch {
      // An error is as loud as a wrong number.
      return 'caught';
    }
  });
}
