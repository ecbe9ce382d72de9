/** How many weights dense layers of these widths have between them, biases left out. */
export function weightsBetween(widths: readonly number[]): number {
  return widths.slice(1).reduce((sum, width, i) => sum + width * widths[i]!, 0);
}
