import { combinationProblem, type TrainingSettings, type VaeSettings } from '@reparam/vae';
import { UserError } from '../files/user-error.ts';
import { optionName, type RunOptions } from '../options/run-options.ts';
import type { IsGiven, TrainOptions } from '../options/train-options.ts';

/**
 * An option that would change nothing is a misunderstanding; in a config file it may be meant for other cases.
 * @throws UserError naming the first one that was typed.
 */
export function requireMeaningfulOptions({ data, model, resume }: TrainOptions, isTyped: IsGiven): void {
  if (isTyped('digits') && data !== undefined) {
    throw new UserError(
      '--digits is about the built-in digits, which --data replaces: leave one of the two out.',
    );
  }
  // A resumed run has its own layout.
  if (isTyped('channels') && model !== 'conv' && !resume) {
    throw new UserError(
      `--channels is about convolutions, and this model is ${model}: add --model conv, or leave it out.`,
    );
  }
}

/** By which option a setting of the library is told. */
const options: Readonly<Record<string, keyof RunOptions>> = {
  batchSize: 'batch',
  freeBits: 'freeBits',
  binarization: 'binarize',
  objective: 'objective',
};

/** @throws UserError with the reason when the objective, or what grey is, makes no sense for the model. */
export function requireSensibleCombination(model: VaeSettings, training: TrainingSettings): void {
  const problem = combinationProblem(model, training);
  if (problem === undefined) return;
  const option = options[problem.setting];
  const hint = option === undefined ? '' : ` The option for that is --${optionName(option)}.`;
  throw new UserError(`These do not go together: ${problem.reason}${hint}`);
}
