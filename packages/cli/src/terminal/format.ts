/** `1 epoch`, `2 epochs`. */
export function formatCount(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** Nats in few characters: `-98.5`, `-1235`, `-2e5`; the figures before the point leave fewer behind it. */
export function formatValue(value: number, decimals = 1): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 99_999.5) return value.toExponential(0).replace('e+', 'e');
  const text = value.toFixed(magnitude >= 999.95 ? 0 : decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** Examples a second in at most five characters: `87`, `940`, `9.4k`, `12k`. */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return '–';
  if (perSecond < 999.5) return perSecond.toFixed(0);
  if (perSecond < 9_950) return `${(perSecond / 1e3).toFixed(1)}k`;
  return perSecond < 999_500 ? `${(perSecond / 1e3).toFixed(0)}k` : `${(perSecond / 1e6).toFixed(1)}M`;
}

/** A clock: `0:07`, `1:41`, `2:05:09`. */
export function formatElapsed(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–:––';
  const whole = Math.round(seconds);
  const pad = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${pad(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
}
