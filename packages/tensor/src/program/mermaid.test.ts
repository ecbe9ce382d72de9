import { expect, test } from 'vitest';
import { onReferenceBackend, recorded } from '../../../../test/support/programs.ts';
import { holderOf } from '../../../../test/support/random-programs.ts';
import { tensor } from '../create.ts';
import { input } from '../expression/expression.ts';
import * as f from '../expression/functions.ts';
import { map, matmul } from '../primitives.ts';
import { normal } from '../random/distributions.ts';
import { RandomKey } from '../random/key.ts';
import type { Tensor } from '../tensor.ts';
import { programToMermaid } from './mermaid.ts';
import { activeRecording, varying } from './recording.ts';

onReferenceBackend();

const x = tensor([
  [1, 2],
  [3, 4],
]);

test('programToMermaid: a flowchart of what comes in, what is done and what comes out', () => {
  const weight = holderOf([2, 2], 'float32', 'a "weight"');
  const program = recorded(
    (a: Tensor, key: RandomKey) => {
      const recording = activeRecording()!;
      const product = matmul(a, recording.read(weight).transpose());
      const step = map(f.subtract(input(0), f.multiply(input(1), input(2))), [
        recording.read(weight),
        varying(() => 0.1),
        product,
      ]);
      recording.write(weight, step);
      return map(f.add(input(0), input(1)), [normal(key, [2]), tensor([5, 6])]);
    },
    x,
    RandomKey.fromSeed(1),
  );
  expect(programToMermaid(program)).toMatchInlineSnapshot(`
    "flowchart TD
      in0(["input 0<br/>f32[2, 2]"]):::input
      in1[("state a #34;weight#34;<br/>f32[2, 2]")]:::state
      in2(["varying<br/>f32[]"]):::input
      in3("constant<br/>f32[2]"):::constant
      op0["matmul<br/>f32[2, 2]"]:::instruction
      op1["map x - y * z<br/>f32[2, 2]"]:::instruction
      op2["random normal with key 0<br/>f32[2]"]:::instruction
      op3["map x + y<br/>f32[2]"]:::instruction
      out0{{"output 0"}}:::result
      next0[("state a #34;weight#34;, next")]:::state
      in0 --> op0
      in1 -->|"ᵀ"| op0
      in1 --> op1
      in2 -->|"[2, 2; 0, 0]"| op1
      op0 --> op1
      op2 --> op3
      in3 --> op3
      op3 --> out0
      op1 --> next0
      classDef instruction fill:#eef3fb,stroke:#4a6fa5,color:#1b2a41
      classDef input fill:#e8f5e9,stroke:#3f7d46,stroke-width:2px,color:#143318
      classDef state fill:#fdebd0,stroke:#c8741a,stroke-width:2px,color:#4a2a05
      classDef constant fill:#f7f7f7,stroke:#999999,stroke-dasharray:4 3,color:#444444
      classDef result fill:#e8f5e9,stroke:#3f7d46,color:#143318
    "
  `);
});

test('long formulas are cut short', () => {
  let formula = f.abs(input(0));
  for (let i = 0; i < 20; i++) formula = f.exp(formula);
  const lines = programToMermaid(recorded((a: Tensor) => map(formula, [a]), x)).split('\n');
  expect(lines.find((line) => line.includes('op0["'))).toMatch(
    /^ {2}op0\["map (exp\()+e?x?p?…<br\/>f32\[2, 2\]"\]:::instruction$/,
  );
});
