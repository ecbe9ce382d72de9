/** At most `width` characters, the last one … where some were left out. */
export function clip(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
}

/** Four figures in at most ten characters: `0.01234`, `-1.235e-5`, `NaN`. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e6) {
    return value.toExponential(3).replace('e+', 'e').replace(/0+e/, 'e').replace('.e', 'e');
  }
  return String(Number(value.toPrecision(4)));
}
