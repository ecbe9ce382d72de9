/** More classes than these are not listed one by one. */
const maximumListed = 20;

/**
 * Turns the class names of the examples into class numbers: whole numbers ≥ 0 stand for themselves; anything
 * else is numbered in alphabetical order, which is said in `notes`.
 */
export function classNumbers(names: readonly string[], notes: string[]): Int32Array<ArrayBuffer> {
  const distinct = [...new Set(names)].sort(compareNames);
  if (distinct.every(isClassNumber)) return Int32Array.from(names, Number);
  const numberOf = new Map(distinct.map((name, number) => [name, number]));
  const listed = distinct.slice(0, maximumListed).map((name, number) => `${number} = ${name}`);
  const more = distinct.length - listed.length;
  notes.push(`The classes are ${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`);
  return Int32Array.from(names, (name) => numberOf.get(name)!);
}

const collator = new Intl.Collator('en', { numeric: true });

/** Alphabetical, but `2` before `10`; equal only when identical, so that the order never depends on the input's. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

function isClassNumber(name: string): boolean {
  return /^\d{1,10}$/.test(name) && Number(name) < 2 ** 31;
}
