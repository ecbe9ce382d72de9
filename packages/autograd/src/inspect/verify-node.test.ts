import { normal, RandomKey } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import '../fluent.ts';
import type { Rules } from '../operation.ts';
import { operationTable } from '../ops/table.ts';
import { tapeOf } from '../tape.ts';
import { Variable } from '../variable.ts';
import { type NodeRecord, verifyNode } from './verify-node.ts';

/** Every node that the samples of an operation put on the tape, with a cotangent for it. */
function nodesOf({ samples }: (typeof operationTable)[number]) {
  return samples.flatMap(({ run, inputs }, k) => {
    const tape = tapeOf(run(...inputs.map((x) => new Variable(x, { requiresGrad: true }))));
    const producers = new Map<Variable, NodeRecord>(tape.map((node) => [node.output, node]));
    return tape.map((node) => ({
      node,
      producers,
      cotangent: normal(RandomKey.fromSeed(k), node.output.shape, { dtype: 'float64' }),
    }));
  });
}

/** The rules with every contribution too large by one part in a hundred. */
function exaggerate(rules: Rules<unknown>): Rules<unknown> {
  return {
    ...rules,
    vjp: (index, cotangent, context) => rules.vjp(index, cotangent, context)?.mul(1.01),
  };
}

describe('of the operations of the table', () => {
  test.each(operationTable.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
    for (const { node, producers, cotangent } of nodesOf(operation)) {
      const { name } = node.rules;
      // What only serves to compute factors takes no part in the backward pass.
      if (name === 'factorize' || node.inputs.every((_, i) => isWithoutContribution(node, i))) continue;
      expect([name, verifyNode(node, cotangent, producers).kind]).toEqual([name, 'agrees']);
      if (hidesMistakes(node)) continue;
      const wrong = { ...node, rules: exaggerate(node.rules) };
      expect([name, verifyNode(wrong, cotangent, producers).kind]).toEqual([name, 'differs']);
    }
  });
});

/** In solve(a, a), which is 1 whatever a is, mistakes cancel; and what is infinite cannot be moved. */
function hidesMistakes({ inputs, output, rules }: NodeRecord): boolean {
  const infinite = output.value.toTypedArray().every((value) => Math.abs(value) === Infinity);
  return infinite || (rules.name === 'solve' && inputs[0] === inputs[1]);
}

function isWithoutContribution(node: ReturnType<typeof tapeOf>[number], index: number): boolean {
  const cotangent = new Variable(normal(RandomKey.fromSeed(1), node.output.shape, { dtype: 'float64' }));
  const contribution = node.rules.vjp(index, cotangent, node);
  return contribution === undefined || contribution.value.toTypedArray().every((value) => value === 0);
}
