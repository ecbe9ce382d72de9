import { tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { add, div, less, operationTable, square, sum } from '../../index.ts';
import { type Observer, withObserver } from '../../observe.ts';
import { type OperationRecord, operationKinds, type Sample } from '../../operation.ts';
import { Variable } from '../../variable.ts';
import { mutationGate, type Verdict } from './gate.ts';
import { withMutant } from './mutant.ts';

/** Whether its own rules are run by its samples to give anything but whole numbers, at which the tape ends. */
function givesFloatingNumbers({ rules: own, samples }: OperationRecord): boolean {
  let found = false;
  const observer: Observer = {
    forward: ({ rules }, compute) => {
      const value = compute();
      found ||= rules === own && value.dtype !== 'int32';
      return value;
    },
  };
  withObserver(observer, () => {
    for (const { run, inputs } of samples) run(...inputs.map((x) => new Variable(x)));
  });
  return found;
}

describe.each(operationKinds)('mutants of %s operations', (kind) => {
  const operations = operationTable.filter((operation) => operation.kind === kind);

  test('are all caught', () => {
    const verdicts = [...mutationGate(operations, operationTable)];
    const survivors = verdicts.filter(({ outcome }) => outcome === 'survived');
    expect(survivors.map(({ rule, mutation }) => `${rule}: ${mutation}`)).toEqual([]);
    const corrupted = new Set(verdicts.map(({ rule }) => rule));
    const own = operations.filter(givesFloatingNumbers);
    expect(own.map(({ name }) => name).filter((name) => !corrupted.has(name))).toEqual([]);
  }, 180_000);
});

describe('the gate itself', () => {
  /** What becomes of an operation's own rule if its record has these samples alone. */
  function verdictsOf(original: OperationRecord, ...samples: Sample[]): Map<string, Verdict> {
    const operation = { ...original, kind: 'movement', samples } as const;
    const table = operationTable.with(operationTable.indexOf(original), operation);
    const own = [...mutationGate([operation], table)].filter(({ rule }) => rule === original.name);
    return new Map(own.map((verdict) => [verdict.mutation, verdict]));
  }
  const matrix = tensor(
    [
      [0.3, -1.2],
      [0.7, 2.1],
    ],
    { dtype: 'float64' },
  );

  test('lets a mutant live that poor samples cannot tell from the rule', () => {
    const whole: Sample = { run: (x) => sum(x!), inputs: [matrix] };
    const rows: Sample = { run: (x) => sum(x!, { axes: 1 }), inputs: [matrix] };
    const mutation = 'cotangent of input 0 flipped along its first axis';
    expect(verdictsOf(sum.operation, whole).get(mutation)?.outcome).toBe('survived');
    expect(verdictsOf(sum.operation, whole, rows).get(mutation)?.outcome).toBe('caught');
  });

  test('reports an input that no sample differentiates by', () => {
    const constant = new Variable(matrix);
    const verdicts = verdictsOf(div.operation, { run: (a) => div(a!, constant), inputs: [matrix] });
    expect(verdicts.get('cotangent of input 1 doubled')?.outcome).toBe('survived');
    expect(verdicts.get('tangent of input 1 forgotten')?.outcome).toBe('survived');
    expect(verdicts.get('cotangent of input 0 doubled')?.outcome).toBe('caught');
  });

  test('says why what changes nothing may do so', () => {
    const reasons = [...verdictsOf(less.operation, ...less.operation.samples).values()];
    expect(reasons.length).toBeGreaterThan(0);
    expect(new Set(reasons.map(({ reason }) => reason))).toEqual(new Set(['there is no derivative']));
    expect(
      verdictsOf(add.operation, ...add.operation.samples).get('cotangents of inputs 0 and 1 swapped'),
    ).toMatchObject({ outcome: 'equivalent', reason: 'both inputs have the same cotangent' });
  });

  test('puts every rule back, also after an error', () => {
    const rules = square.operation.rules!;
    const before = { ...rules };
    const mutant = { mutation: 'none', replacement: { vjp: () => undefined, linear: true } };
    expect(() =>
      withMutant(rules, mutant, () => {
        expect(rules.linear).toBe(true);
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect({ ...rules }).toEqual(before);
    expect('linear' in rules).toBe('linear' in before);
  });
});
