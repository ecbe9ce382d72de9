import type { Tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import './fluent.ts';
import { type Observer, withObserver } from './observe.ts';
import { grad } from './transforms.ts';
import { parameter, type Variable } from './variable.ts';

/** Writes down what happens, in order. */
function scribe(log: string[], mark = ''): Observer {
  return {
    forward: ({ rules, inputs }, compute): Tensor => {
      log.push(`${mark}compute ${rules.name} of ${inputs.length}`);
      const value = compute();
      log.push(`${mark}computed ${rules.name}`);
      return value;
    },
    recorded: ({ rules }) => log.push(`${mark}recorded ${rules.name}`),
    backward: ({ rules }, cotangent, pull) => {
      log.push(`${mark}pull ${rules.name} [${cotangent.shape}]`);
      pull();
    },
  };
}

const twice = (x: Variable): Variable => x.mul(2).sum();

describe('an observer', () => {
  test('sees every operation computed, recorded and pulled back', () => {
    const log: string[] = [];
    withObserver(scribe(log), () => twice(parameter([1, 2])).backward());
    expect(log).toEqual([
      'compute mul of 2',
      'computed mul',
      'recorded mul',
      'compute sum of 1',
      'computed sum',
      'recorded sum',
      'pull sum []',
      'compute reshape of 1',
      'computed reshape',
      'compute expand of 1',
      'computed expand',
      'pull mul [2]',
      'compute map[b * a] of 2',
      'computed map[b * a]',
    ]);
  });

  test('nests: the outer one wraps the inner one', () => {
    const log: string[] = [];
    withObserver(scribe(log, 'outer '), () =>
      withObserver(scribe(log, 'inner '), () => parameter(1).exp().backward()),
    );
    expect(log.slice(0, 7)).toEqual([
      'outer compute exp of 1',
      'inner compute exp of 1',
      'inner computed exp',
      'outer computed exp',
      'outer recorded exp',
      'inner recorded exp',
      'outer pull exp []',
    ]);
  });

  test('is gone afterwards, also after an error, and changes no result', () => {
    const log: string[] = [];
    const fail = (): never => {
      throw new Error('inside');
    };
    expect(() => withObserver(scribe(log), fail)).toThrow('inside');
    const [observed] = withObserver({}, () => grad(twice)(parameter([1, 2])));
    expect(observed!.toArray()).toEqual([2, 2]);
    expect(log).toEqual([]);
  });
});
