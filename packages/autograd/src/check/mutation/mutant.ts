import type { Rules } from '../../operation.ts';

/** A rule with one thing in it made wrong on purpose. */
export interface Mutant {
  /** What is wrong with it, in words. */
  readonly mutation: string;
  /** What it has in place of the rule's own. */
  readonly replacement: Partial<Rules<unknown>>;
  /** Whether first derivatives stay right: what is broken is only how they are differentiated. */
  readonly secondOrderOnly?: boolean;
  /** Whether it takes a call with the same argument twice, which only an operation can get from outside. */
  readonly repeatedArgumentOnly?: boolean;
  /**
   * Asked of a mutant that changes no derivative at all: why that is as it should be, undefined if it is not, so that
   * the samples must be too even to tell.
   */
  readonly excuse?: () => string | undefined;
  /** The same for one that changes what the rule gives, but nothing of what the operation does with that. */
  readonly hidden?: string;
}

/**
 * Runs `fn` while a rule is another one. Samples call the public functions, and these the rules of their modules;
 * assigning to the rules for that time reaches them all, and costs `apply` nothing the rest of the time.
 */
export function withMutant<T>(rules: Rules<unknown>, { replacement }: Mutant, fn: () => T): T {
  const original = { ...rules };
  Object.assign(rules, replacement);
  try {
    return fn();
  } finally {
    for (const key of Object.keys(replacement)) Reflect.deleteProperty(rules, key);
    Object.assign(rules, original);
  }
}
