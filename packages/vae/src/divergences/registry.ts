import type { Distribution } from '../distributions/distribution.ts';
import { builtInForms } from './closed-forms.ts';
import { type AnyKlForm, type ClosedKl, type DistributionClass, formFor, type KlForm } from './closed-kl.ts';

const registered: AnyKlForm[] = [];

/**
 * Makes `kl` use a formula for distributions of these classes from now on. Later registrations come first, and all
 * of them come before the built-in ones.
 */
export function registerKl<Q extends Distribution, P extends Distribution>(
  Q: DistributionClass<Q>,
  P: DistributionClass<P>,
  form: KlForm<Q, P>,
): void {
  registered.unshift(formFor(Q, P, form));
}

/** KL(q ‖ p) where a closed form is known. */
export function closedKl(q: Distribution, p: Distribution): ClosedKl | undefined {
  for (const form of [...registered, ...builtInForms]) {
    const divergence = form(q, p);
    if (divergence) return divergence;
  }
  return undefined;
}
