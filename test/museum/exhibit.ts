/** A wrong answer that real libraries gave, beside ours, and the check that tells them apart. */
export interface Exhibit {
  /** What is wrong with it. */
  readonly wrong: string;
  readonly right: string;
  readonly caughtBy: string;
  /** What the check says of the wrong one, and of ours. */
  readonly acceptsWrong: () => boolean;
  readonly acceptsOurs: () => boolean;
}

/** An exhibit from one check and the two things that it is to tell apart. */
export function exhibit<Subject>({
  accepts,
  wrongOne,
  ours,
  ...label
}: Pick<Exhibit, 'wrong' | 'right' | 'caughtBy'> & {
  readonly accepts: (subject: Subject) => boolean;
  readonly wrongOne: Subject;
  readonly ours: Subject;
}): Exhibit {
  return { ...label, acceptsWrong: () => accepts(wrongOne), acceptsOurs: () => accepts(ours) };
}
