import { describe, expect, test } from 'vitest';
import '../fluent.ts';
import { tapeOf } from '../tape.ts';
import { gradients } from '../transforms.ts';
import { parameter, type Variable, variable } from '../variable.ts';
import { toDot, toMermaid } from './draw-tape.ts';
import { tapeGraph } from './graph.ts';

const x = parameter(
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
  'x',
);
const weight = parameter([[0.1], [0.2], [0.3]], 'a "weight"');
const loss = x
  .matmul(weight)
  .mul(variable([3]))
  .sum();

describe('a tape as data', () => {
  const { nodes, edges } = tapeGraph(tapeOf(loss));

  test('lists what went in and what was computed, each after its inputs', () => {
    expect(nodes.map(({ id, kind, name }) => [id, kind, name])).toEqual([
      ['in0', 'leaf', 'x'],
      ['in1', 'leaf', 'a "weight"'],
      ['op0', 'operation', '%0'],
      ['in2', 'constant', 'constant [1]'],
      ['op1', 'operation', '%1'],
      ['op2', 'operation', '%2'],
    ]);
    expect(nodes[4]).toMatchObject({ operation: 'mul', formula: 'a * b', shape: [2, 1], dtype: 'float32' });
  });

  test('counts what the tape keeps in memory: results, and constants with the operation that uses them', () => {
    // [2, 1] floats; the same and a constant of one float; one float. Leaves are there without the tape.
    expect(nodes.map(({ bytes }) => bytes)).toEqual([0, 0, 8, 0, 12, 4]);
  });

  test('tells which input an edge leads to', () => {
    expect(edges).toEqual([
      { from: 'in0', to: 'op0', input: 0 },
      { from: 'in1', to: 'op0', input: 1 },
      { from: 'op0', to: 'op1', input: 0 },
      { from: 'in2', to: 'op1', input: 1 },
      { from: 'op1', to: 'op2', input: 0 },
    ]);
  });

  test('shows an input once, and every use of it', () => {
    const graph = tapeGraph(tapeOf(x.mul(x)));
    expect(graph.nodes.map(({ id }) => id)).toEqual(['in0', 'op0']);
    expect(graph.edges.map(({ from, input }) => [from, input])).toEqual([
      ['in0', 0],
      ['in0', 1],
    ]);
  });

  test('views keep nothing', () => {
    const graph = tapeGraph(tapeOf(x.reshape([6]).slice([[0, 2]])));
    expect(graph.nodes.map(({ bytes }) => bytes)).toEqual([0, 0, 0]);
  });
});

test('toMermaid: a flowchart with escaped labels', () => {
  expect(toMermaid(tapeOf(loss))).toMatchInlineSnapshot(`
    "flowchart TD
      in0(["x<br/>float32 [2, 3]"]):::leaf
      in1(["a #34;weight#34;<br/>float32 [3, 1]"]):::leaf
      op0["matmul<br/>float32 [2, 1]"]:::operation
      in2("constant<br/>float32 [1]"):::constant
      op1["mul<br/>float32 [2, 1]"]:::operation
      op2["sum<br/>float32 []"]:::operation
      in0 --> op0
      in1 --> op0
      op0 --> op1
      in2 --> op1
      op1 --> op2
      classDef operation fill:#eef3fb,stroke:#4a6fa5,color:#1b2a41
      classDef leaf fill:#fdebd0,stroke:#c8741a,stroke-width:2px,color:#4a2a05
      classDef constant fill:#f7f7f7,stroke:#999999,stroke-dasharray:4 3,color:#444444
    "
  `);
});

test('toDot: a graph with escaped labels', () => {
  expect(toDot(tapeOf(loss))).toMatchInlineSnapshot(`
    "digraph tape {
      node [shape=box, fontname="Helvetica", fontsize=11];
      in0 [label="x\\nfloat32 [2, 3]", tooltip="x", style="filled,bold", fillcolor="#fdebd0", color="#c8741a"];
      in1 [label="a \\"weight\\"\\nfloat32 [3, 1]", tooltip="a \\"weight\\"", style="filled,bold", fillcolor="#fdebd0", color="#c8741a"];
      op0 [label="matmul\\nfloat32 [2, 1]", tooltip="Σₖ aᵢₖ bₖⱼ", style="filled,rounded", fillcolor="#eef3fb", color="#4a6fa5"];
      in2 [label="constant\\nfloat32 [1]", tooltip="constant [1]", style="filled,dashed", fillcolor="#f7f7f7", color="#999999"];
      op1 [label="mul\\nfloat32 [2, 1]", tooltip="a * b", style="filled,rounded", fillcolor="#eef3fb", color="#4a6fa5"];
      op2 [label="sum\\nfloat32 []", tooltip="Σᵢ xᵢ", style="filled,rounded", fillcolor="#eef3fb", color="#4a6fa5"];
      in0 -> op0;
      in1 -> op0;
      op0 -> op1;
      in2 -> op1;
      op1 -> op2;
    }
    "
  `);
});

test('derived formulas are escaped, and cut short', () => {
  const [gradient] = gradients(x.matmul(weight).gelu().sum(), [x], { createGraph: true });
  const lines = toMermaid(tapeOf(gradient!)).split('\n');
  const derived = lines.find((line) => line.includes('map['))!;
  expect(derived).toMatch(/^ {2}op\d+\["map\[[^"<>]*…<br\/>float32 \[2, 1\]"\]:::operation$/);
});

test('long tapes are drawn, too', () => {
  let long: Variable = parameter(1);
  for (let i = 0; i < 20_000; i++) long = long.neg();
  const tape = tapeOf(long);
  expect(toDot(tape).match(/->/g)).toHaveLength(20_000);
  expect(toMermaid(tape).match(/-->/g)).toHaveLength(20_000);
});
