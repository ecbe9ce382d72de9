import { type Expression, topologicalOrder } from '../../expression/expression.ts';
import { vectorFunctions } from '../math/table.ts';

/** Whether a formula can be computed on float32 vectors. */
export function supports(expression: Expression): boolean {
  return unsupportedPart(expression) === undefined;
}

/** What keeps a formula from being computed on float32 vectors: a function, or a number that float32 does not hold. */
export function unsupportedPart(expression: Expression): string | undefined {
  for (const node of topologicalOrder(expression)) {
    if (node.kind === 'call' && vectorFunctions[node.callee.name] === undefined) return node.callee.name;
    if (node.kind === 'constant' && leavesFloat32(node.value)) return `the number ${node.value}`;
  }
  return undefined;
}

/** Whether a finite number becomes infinite, or one that is not 0 becomes 0. */
function leavesFloat32(value: number): boolean {
  const single = Math.fround(value);
  return Number.isFinite(value) && (!Number.isFinite(single) || (single === 0 && value !== 0));
}
