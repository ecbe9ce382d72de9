import type { Bandwidth } from './stream.ts';

/** A measurement in the picture. */
export interface Point {
  readonly title: string;
  /** How it was computed, and where. */
  readonly way: string;
  /** Operations for each byte of operands and results. */
  readonly intensity: number;
  /** GFLOP/s */
  readonly rate: number;
}

export interface Roofline {
  /** GFLOP/s of one thread, of each kind of instruction. */
  readonly peaks: readonly number[];
  readonly bandwidth: Bandwidth;
  readonly points: readonly Point[];
}

const width = 960;
const height = 600;
const plot = { left: 70, top: 50, right: 690, bottom: 540 } as const;

/** What a way is drawn as, told by words of its name; the first that fits. */
const families = [
  { words: 'tfjs', title: 'tfjs-wasm', colour: '#e69f00' },
  { words: 'OpenBLAS', title: 'OpenBLAS', colour: '#000000' },
  { words: 'revectorised', title: 'ours, revectorised', colour: '#d55e00' },
  { words: 'SIMD', title: 'ours, 128-bit SIMD', colour: '#0072b2' },
  { words: '', title: 'loops in JavaScript', colour: '#888888' },
] as const;

type Family = (typeof families)[number];

/**
 * The roofline of a machine (Williams, Waterman and Patterson 2009) as SVG: what can be reached at so many operations
 * for each byte, and what was. Both axes are logarithmic.
 */
export function renderRoofline({ peaks, bandwidth, points }: Roofline): string {
  const intensities = points.map(({ intensity }) => intensity);
  const rates = [...points.map(({ rate }) => rate), ...peaks];
  const x = logScale(Math.min(0.05, ...intensities), Math.max(200, ...intensities), plot.left, plot.right);
  const y = logScale(Math.min(0.1, ...rates), 1.5 * Math.max(...rates), plot.bottom, plot.top);
  const [lowest, highest] = [x.from, x.to];
  const roof = Math.max(...peaks);
  const slopes = [
    { gigabytes: bandwidth.memory, label: 'memory' },
    { gigabytes: bandwidth.cache, label: 'second-level cache' },
  ].map(({ gigabytes, label }) => {
    const start = Math.max(lowest, y.from / gigabytes);
    const end = Math.min(highest, roof / gigabytes);
    const [x1, y1, x2, y2] = [x.at(start), y.at(gigabytes * start), x.at(end), y.at(gigabytes * end)];
    const degrees = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
    const place = `translate(${fixed((x1 + 2 * x2) / 3)} ${fixed((y1 + 2 * y2) / 3)}) rotate(${fixed(degrees)})`;
    const words = `${label}: ${gigabytes.toFixed(0)} GB/s`;
    return {
      line: line(x1, y1, x2, y2, 'roof'),
      label: `<g transform="${place}">${text(0, -6, words, 'label middle')}</g>`,
    };
  });
  const roofs = distinct(peaks).map((peak) => {
    const start = x.at(Math.max(lowest, peak / bandwidth.cache));
    return {
      line: line(start, y.at(peak), plot.right, y.at(peak), 'roof'),
      label: text(start + 14, y.at(peak) - 6, `${peak.toFixed(0)} GFLOP/s a thread`, 'label'),
    };
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<style>text{font:13px system-ui,sans-serif;fill:#222}.title{font-size:17px}.label{fill:#555}.grid{stroke:#ddd}` +
      '.roof{stroke:#333;stroke-width:1.5}.label{paint-order:stroke;stroke:#fff;stroke-width:4}.end{text-anchor:end}.middle{text-anchor:middle}</style>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(plot.left, 28, 'Kernels under the roof of this machine', 'title'),
    ...powersOfTen(x).map(
      (value) =>
        line(x.at(value), plot.top, x.at(value), plot.bottom, 'grid') +
        text(x.at(value), plot.bottom + 18, String(value), 'middle'),
    ),
    ...powersOfTen(y).map(
      (value) =>
        line(plot.left, y.at(value), plot.right, y.at(value), 'grid') +
        text(plot.left - 8, y.at(value) + 4, String(value), 'end'),
    ),
    text(
      (plot.left + plot.right) / 2,
      plot.bottom + 42,
      'operations (any function is one) for each byte of operands and results',
      'middle',
    ),
    `<g transform="rotate(-90)">${text(-(plot.top + plot.bottom) / 2, 22, 'GFLOP/s', 'middle')}</g>`,
    ...[...slopes, ...roofs].map((each) => each.line),
    ...fastestOfEach(points).map((point) => mark(x.at(point.intensity), y.at(point.rate), point)),
    ...[...slopes, ...roofs].map(({ label }) => label),
    ...families.map(({ title, colour }, i) =>
      legendEntry(plot.right + 24, plot.top + 20 + 24 * i, title, colour),
    ),
    text(plot.right + 24, plot.top + 36 + 24 * families.length, '○ one thread   ◇ two threads', 'label'),
    '</svg>\n',
  ].join('\n');
}

interface Scale {
  readonly from: number;
  readonly to: number;
  at(value: number): number;
}

function logScale(from: number, to: number, start: number, end: number): Scale {
  const length = Math.log(to / from);
  return { from, to, at: (value) => start + ((end - start) * Math.log(value / from)) / length };
}

function powersOfTen({ from, to }: Scale): number[] {
  const [first, last] = [Math.ceil(Math.log10(from)), Math.floor(Math.log10(to))];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`));
}

/** Peaks that are as good as the same are drawn once. */
function distinct(peaks: readonly number[]): number[] {
  const sorted = [...peaks].sort((a, b) => b - a);
  return sorted.filter((peak, i) => i === 0 || sorted[i - 1]! > 1.15 * peak);
}

function familyOf(way: string): Family {
  return families.find(({ words }) => way.includes(words))!;
}

/** Of each family, what it came to fastest, on one thread and on two. */
function fastestOfEach(points: readonly Point[]): Point[] {
  const fastest = new Map<string, Point>();
  for (const point of points) {
    const key = [point.title, familyOf(point.way).title, isOnTwo(point)].join();
    if (point.rate > (fastest.get(key)?.rate ?? 0)) fastest.set(key, point);
  }
  return [...fastest.values()];
}

function isOnTwo({ way }: Point): boolean {
  return way.includes('2 threads');
}

/** Its title shows up where the pointer rests on it. */
function mark(x: number, y: number, point: Point): string {
  const { title, way, rate } = point;
  const family = familyOf(way);
  // Families stand side by side, so that they do not hide each other.
  const centre = x + 7 * (families.indexOf(family) - 2);
  const look = `fill="${family.colour}22" stroke="${family.colour}" stroke-width="1.6"`;
  const tip = `<title>${escaped(`${title}: ${way}, ${rate.toFixed(1)} GFLOP/s`)}</title>`;
  return isOnTwo(point)
    ? `<path d="M${fixed(centre - 5)} ${fixed(y)}l5 -5 5 5 -5 5z" ${look}>${tip}</path>`
    : `<circle cx="${fixed(centre)}" cy="${fixed(y)}" r="4" ${look}>${tip}</circle>`;
}

function legendEntry(x: number, y: number, title: string, colour: string): string {
  return `<circle cx="${x}" cy="${y - 4}" r="4.5" fill="none" stroke="${colour}" stroke-width="1.8"/>${text(x + 14, y, title, '')}`;
}

function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line class="${kind}" x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}"/>`;
}

function text(x: number, y: number, content: string, kind: string): string {
  return `<text class="${kind}" x="${fixed(x)}" y="${fixed(y)}">${escaped(content)}</text>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
