import { UserError } from '../files/user-error.ts';
import type { IsGiven, TrainOptions } from '../options.ts';

/** An option that would change nothing is a misunderstanding. @throws UserError naming the first one. */
export function requireMeaningfulOptions({ data, likelihood }: TrainOptions, isGiven: IsGiven): void {
  if (isGiven('digits') && data !== undefined) {
    throw new UserError(
      '--digits is about the built-in digits, which --data replaces: leave one of the two out.',
    );
  }
  if (isGiven('scale') && likelihood === 'bernoulli') {
    throw new UserError(
      '--scale is about a Gaussian likelihood, and this one is Bernoulli: add --likelihood gaussian, or leave it out.',
    );
  }
  if (isGiven('binarize') && likelihood === 'gaussian') {
    throw new UserError(
      '--binarize is about a Bernoulli likelihood, and this one is Gaussian: leave one of the two options out.',
    );
  }
}
