import { tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { RunningMoments } from './running-moments.ts';

test('means, variances and standard errors of columns, however the rows arrive', () => {
  const moments = new RunningMoments(2);
  moments.addRows(tensor([[1, 1e9]], { dtype: 'float64' }));
  moments.addRows(
    tensor(
      [
        [2, 1e9 + 1],
        [6, 1e9 + 5],
      ],
      { dtype: 'float64' },
    ),
  );
  expect(moments.count).toBe(3);
  expect(moments.means()).toEqual([3, 1e9 + 2]);
  // Squared deviations 4 + 1 + 9, in spite of a mean of 10⁹.
  expect(moments.variances()).toEqual([expect.closeTo(14 / 3, 12), expect.closeTo(14 / 3, 6)]);
  expect(moments.standardErrors()[0]).toBeCloseTo(Math.sqrt(7 / 3), 12);
});

test('reads transposed views in their order', () => {
  const moments = new RunningMoments(2);
  moments.addRows(
    tensor(
      [
        [1, 3],
        [10, 30],
      ],
      { dtype: 'float64' },
    ).transpose(),
  );
  expect(moments.means()).toEqual([2, 20]);
});
