import type { OperationRecord, Rules } from '../../operation.ts';
import type { TapeNode } from '../../tape.ts';
import { OperationBench } from './bench.ts';

/** A rule to be corrupted, where it is used, and the operations whose checks have to guard it. */
export interface Subject {
  readonly rules: Rules<unknown>;
  /** The order of the derivatives in which it first takes part: 2 for what only other rules are written in. */
  readonly order: 1 | 2;
  /** Whether it is an operation's own rule, and not a part that some operations are made of. */
  readonly owned: boolean;
  readonly nodes: readonly TapeNode[];
  readonly guards: readonly OperationBench[];
}

/**
 * Every rule that the samples of these operations put on a tape. Operations guard their own rules, wherever else in
 * the `table` these are used; rules that belong to none are guarded by all that use them.
 */
export function subjectsOf(
  operations: readonly OperationRecord[],
  table: readonly OperationRecord[],
): Subject[] {
  const owners = new Map(table.flatMap((each) => (each.rules ? [[each.rules, each] as const] : [])));
  const benches = operations.map((operation) => new OperationBench(operation));
  const subjects = new Map<Rules<unknown>, Subject & { nodes: TapeNode[]; guards: OperationBench[] }>();
  for (const order of [1, 2] as const) {
    for (const bench of benches) {
      for (const node of bench.tape(order)) {
        const owner = owners.get(node.rules);
        if (owner !== undefined && owner !== bench.operation) continue;
        const { rules } = node;
        // Nobody wrote these: they are derived from the formulas of first derivatives.
        if (order === 2 && rules.expression) continue;
        const subject = subjects.get(rules) ?? { rules, order, owned: !!owner, nodes: [], guards: [] };
        subjects.set(rules, subject);
        if (subject.order !== order) continue;
        subject.nodes.push(node);
        if (!subject.guards.includes(bench)) subject.guards.push(bench);
      }
    }
  }
  return [...subjects.values()];
}
