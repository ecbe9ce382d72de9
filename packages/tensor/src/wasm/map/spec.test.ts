import { expect, test } from 'vitest';
import { ArgumentError } from '../../errors.ts';
import { constant, input } from '../../expression/expression.ts';
import { add, exp, lgamma, multiply } from '../../expression/functions.ts';
import { supports } from './coverage.ts';
import { checkSpec, type MapSpec, specKey } from './spec.ts';

const [x, y] = [input(0), input(1)];

test.each<[string, MapSpec, string]>([
  [
    'a function without vector instructions',
    { inputs: ['vector'], outputs: [{ kind: 'store', expression: exp(lgamma(x)) }] },
    'mapKernel: outputs[0] needs lgamma, for which there are no vector instructions. The reference backend has it.',
  ],
  [
    'a number that float32 does not hold',
    { inputs: ['vector'], outputs: [{ kind: 'store', expression: multiply(x, constant(1e-300)) }] },
    'mapKernel: outputs[0] needs the number 1e-300, for which there are no vector instructions. The reference ' +
      'backend has it.',
  ],
  [
    'an input that is not listed',
    { inputs: ['vector'], outputs: [{ kind: 'store', expression: add(x, y) }] },
    'mapKernel: outputs[0] reads 2 inputs, but inputs lists the modes of 1.',
  ],
  [
    'two orders at once',
    {
      inputs: ['vector'],
      outputs: [
        { kind: 'sum', over: 'rows', expression: x },
        { kind: 'sum', over: 'columns', expression: x },
      ],
    },
    "mapKernel: outputs reduce over 'columns' and over 'rows', which walk through memory in different orders. Make " +
      'two kernels.',
  ],
])('%s is refused', (_, spec, message) => {
  expect(() => checkSpec(spec)).toThrow(ArgumentError);
  expect(() => checkSpec(spec)).toThrow(message);
});

test('what is supported', () => {
  expect(supports(exp(add(x, constant(Infinity))))).toBe(true);
  expect(supports(multiply(constant(3e38), x))).toBe(true);
  expect(supports(multiply(constant(4e38), x))).toBe(false);
  expect(supports(lgamma(x))).toBe(false);
});

test('keys tell kernels apart', () => {
  const specs: MapSpec[] = [
    { inputs: ['vector'], outputs: [{ kind: 'store', expression: x }] },
    { inputs: ['scalar'], outputs: [{ kind: 'store', expression: x }] },
    { inputs: ['vector'], outputs: [{ kind: 'store', expression: exp(x) }] },
    { inputs: ['vector'], outputs: [{ kind: 'sum', over: 'all', expression: x }] },
    { inputs: ['vector'], outputs: [{ kind: 'sum', over: 'rows', expression: x }] },
    { inputs: ['vector'], outputs: [{ kind: 'maximum', over: 'rows', expression: x }] },
  ];
  expect(new Set(specs.map(specKey)).size).toBe(specs.length);
});
