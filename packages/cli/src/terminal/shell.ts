/** A path as one word of a command line that can be copied into a shell. */
export function shellWord(path: string): string {
  return /^[\p{L}\p{N}_./:@%+=,-]+$/u.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
