import { elementwiseSubject } from './elementwise.ts';
import { formulas } from './formulas.ts';
import { otherSubjects } from './others.ts';
import type { Subject } from './subject.ts';

/** Everything that is timed besides matrix products. */
export const subjects: readonly Subject[] = [...formulas.map(elementwiseSubject), ...otherSubjects];
