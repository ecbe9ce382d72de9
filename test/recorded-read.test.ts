import { compile, Variable } from '@reparam/autograd';
import { RecordedReadError, type Tensor, tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';

/** The line of the caller in this file. */
function lineOfCall(): number {
  const [, , caller] = new Error('where').stack!.split('\n');
  return Number(/recorded-read\.test\.ts:(\d+)/.exec(caller!)![1]);
}

const x = tensor([1, 2, 3]);

test('a value that is read while a function is recorded is told by the line that reads it', () => {
  let line = 0;
  const clipped = compile((a: Tensor) => {
    const total = new Variable(a).square().sum();
    line = lineOfCall() + 1;
    return total.item() > 1 ? total.sqrt() : total;
  });
  expect(() => clipped(x)).toThrow(RecordedReadError);
  expect(() => clipped(x)).toThrow(`recorded-read.test.ts:${line}:`);
  expect(() => clipped(x)).toThrow('choose between values with where()');
});

test('and so is one that is read afterwards', () => {
  let kept: Variable | undefined;
  compile((a: Tensor) => {
    kept = new Variable(a).mul(2);
  })(x);
  const line = lineOfCall() + 1;
  expect(() => kept!.toArray()).toThrow(`recorded-read.test.ts:${line}:`);
});
