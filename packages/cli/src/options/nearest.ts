/** The name that takes the fewest insertions, deletions and replacements of characters (Levenshtein 1966). */
export function nearestName(word: string, names: readonly string[]): string {
  const distances = names.map((name) => distance(word, name));
  return names[distances.indexOf(Math.min(...distances))]!;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, character] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(character !== b[j - 1])));
    }
    row = next;
  }
  return row[b.length]!;
}
