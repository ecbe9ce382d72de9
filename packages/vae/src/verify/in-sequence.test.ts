import { expect, test } from 'vitest';
import { finish, type Work } from '../diagnostics/work.ts';
import { inSequence } from './in-sequence.ts';

function* counting(total: number): Work<string> {
  for (let done = 1; done <= total; done++) yield { done, total };
  return `${total} steps`;
}

test('results come in order, and each work is an equal share of the progress', () => {
  const shares: number[] = [];
  const results = finish(inSequence([counting(2), counting(1), counting(4)]), ({ done, total }) => {
    shares.push(done / total);
  });
  expect(results).toEqual(['2 steps', '1 steps', '4 steps']);
  const sixths = [1, 2, 4, 4.5, 5, 5.5, 6];
  expect(shares).toEqual(sixths.map((share) => expect.closeTo(share / 6, 12)));
});
