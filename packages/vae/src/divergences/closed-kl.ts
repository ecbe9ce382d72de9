import type { Variable } from '@reparam/autograd';
import type { Distribution } from '../distributions/distribution.ts';

/** KL(q ‖ p) in nats by a formula. */
export interface ClosedKl {
  /** [...batch] */
  readonly value: Variable;
  /** [...batch, ...event] where it is a sum over the elements of the event. */
  readonly perDimension?: Variable;
}

/** A class of distributions, abstract ones and those with private constructors included. */
export interface DistributionClass<D extends Distribution> {
  readonly prototype: D;
  [Symbol.hasInstance](value: unknown): boolean;
}

/** KL(q ‖ p), or undefined where the formula does not hold for these two. */
export type KlForm<Q extends Distribution, P extends Distribution> = (q: Q, p: P) => ClosedKl | undefined;

/** A form for any two distributions, which looks at their classes itself. */
export type AnyKlForm = KlForm<Distribution, Distribution>;

/** The form for instances of these classes, and of those that extend them. */
export function formFor<Q extends Distribution, P extends Distribution>(
  Q: DistributionClass<Q>,
  P: DistributionClass<P>,
  form: KlForm<Q, P>,
): AnyKlForm {
  return (q, p) => (q instanceof Q && p instanceof P ? form(q as Q, p as P) : undefined);
}
