import { UserError } from '../files/user-error.ts';
import { describeChoices, questions } from '../options/choice-help.ts';
import { nearestName } from '../options/nearest.ts';

/** Prints what there is to choose from: all tables, or the one that is named. */
export function choicesCommand(name: string | undefined): void {
  const columns = Math.min(100, process.stdout.columns ?? 80);
  const chosen = name === undefined ? Object.values(questions) : [questionOf(name)];
  console.log(chosen.map((question) => describeChoices(question, columns)).join('\n\n'));
}

function questionOf(name: string): (typeof questions)[string] {
  const question = Object.hasOwn(questions, name) ? questions[name] : undefined;
  if (question) return question;
  const names = Object.keys(questions);
  throw new UserError(
    `There are no choices of "${name}"; did you mean ${nearestName(name, names)}? There are ${names.join(', ')}.`,
  );
}
