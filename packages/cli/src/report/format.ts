/** A number for reading: fixed decimals, a real minus sign, thin spaces between thousands. */
export function formatNumber(value: number, decimals = 2): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  const digits = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && /[1-9]/.test(digits) ? `−${digits}` : digits;
}

/** Four significant digits or so, whatever the magnitude: what fits beside others in a line of figures. */
export function formatNats(value: number): string {
  const magnitude = Math.abs(value);
  return formatNumber(value, magnitude >= 1000 ? 0 : magnitude >= 100 ? 1 : 2);
}

/** `48 s`, `1 min 41 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole < 10 ? formatNumber(seconds, 1) : whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `21 November 2026, 01:43 UTC`: the same on every machine. */
export function formatDate(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${parts.format(date).replace(' at ', ', ')} UTC`;
}
