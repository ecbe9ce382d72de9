/** Classes as numbers, with their names where these are not the numbers themselves: number `i` is `names[i]`. */
export interface Classes {
  readonly labels: Int32Array<ArrayBuffer>;
  readonly names?: readonly string[];
}

/** Whole numbers ≥ 0 stand for themselves; any other names of classes are numbered in alphabetical order. */
export function classNumbers(examples: readonly string[]): Classes {
  const names = [...new Set(examples)].sort(compareNames);
  if (names.every(isClassNumber)) return { labels: Int32Array.from(examples, Number) };
  const numberOf = new Map(names.map((name, number) => [name, number]));
  return { labels: Int32Array.from(examples, (name) => numberOf.get(name)!), names };
}

const collator = new Intl.Collator('en', { numeric: true });

/** Alphabetical, but `2` before `10`; equal only when identical, so that the order never depends on the input's. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

function isClassNumber(name: string): boolean {
  return /^\d{1,10}$/.test(name) && Number(name) < 2 ** 31;
}
