/** The x with softplus(x) = y: ln(eʸ − 1), written so that it does not overflow. */
export function inverseSoftplus(y: number): number {
  return y + Math.log(-Math.expm1(-y));
}
