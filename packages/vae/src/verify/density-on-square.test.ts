import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import { expect, test } from 'vitest';
import { finish } from '../diagnostics/work.ts';
import { densityOnSquare } from './density-on-square.ts';

test('the density in the middles of the pixels, the first coordinate to the right and the second upwards', () => {
  const logDensity = (points: Operand): Variable => {
    const [first, second] = toVariable(points).unstack(-1) as [Variable, Variable];
    return first.mul(2).add(second);
  };
  const picture = finish(densityOnSquare(logDensity, { reach: 3, pixels: 3 }));
  const expected = [2, 0, -2].map((second) =>
    [-2, 0, 2].map((first) => expect.closeTo(Math.exp(2 * first + second), 3)),
  );
  expect(picture.toArray()).toEqual(expected);
});
