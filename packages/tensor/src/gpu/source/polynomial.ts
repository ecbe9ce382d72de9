/** c₀ + c₁x + c₂x² + … by Horner's rule, as JavaScript. */
export function hornerText(coefficients: readonly number[], x: string): string {
  return coefficients.reduceRight(
    (text, c) => (text === '' ? number(c) : `(${text}) * ${x} + ${number(c)}`),
    '',
  );
}

function number(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}
