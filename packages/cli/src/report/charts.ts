import {
  axisX,
  axisY,
  barY,
  dot,
  gridY,
  lineY,
  type Markish,
  type PlotOptions,
  ruleY,
} from '@observablehq/plot';
import { plotSvg } from '../pictures/plot-svg.ts';
import type { EpochRow } from './contents.ts';
import { formatNats, formatNumber } from './format.ts';

/** One curve over the epochs, drawn in a CSS colour of the page. */
export interface Curve {
  /** At least one, in order of epochs. */
  readonly points: readonly CurvePoint[];
  readonly name: string;
  readonly colour: string;
  readonly dashed?: boolean;
}

export interface CurvePoint {
  readonly epoch: number;
  readonly value: number;
}

/** A column of a history as a curve's points. */
export function pointsOf(
  history: readonly EpochRow[],
  column: Exclude<keyof EpochRow, 'epoch'>,
): CurvePoint[] {
  return history.map((row) => ({ epoch: row.epoch, value: row[column] }));
}

interface CurveOptions {
  /** What the picture shows, for readers who do not see it. Not from outside: see {@link plotSvg}. */
  readonly description: string;
  /** A value that the vertical axis includes. */
  readonly from?: number;
  /** How much of the page's width it takes: its text is the same size in all. Half unless told. */
  readonly size?: keyof typeof sizes;
}

/** Up to so many epochs, each is marked by a dot that shows its numbers on hover. */
const maximumDots = 60;

/** Curves over the epochs, as SVG coloured by the page. */
export function drawCurves(
  curves: readonly Curve[],
  { description, from, size = 'half' }: CurveOptions,
): string {
  const values = curves.flatMap(({ points }) => points.map(({ value }) => value));
  if (from !== undefined) values.push(from);
  const lowest = Math.min(...values);
  const highest = Math.max(...values);
  // A flat curve still needs an axis with some height.
  const spare = highest > lowest ? 0 : Math.max(1, Math.abs(highest)) / 2;
  const low = lowest === from ? lowest : lowest - spare;
  const first = Math.min(...curves.map(({ points }) => points[0]!.epoch));
  const last = Math.max(...curves.map(({ points }) => points.at(-1)!.epoch));
  return plotSvg({
    ...frame,
    ...sizes[size],
    ariaLabel: description,
    x: { domain: [first, last] },
    y: { domain: [low, highest + spare], nice: true },
    marks: [
      ...axes('epoch', wholeTicks(first, last)),
      ...curves.flatMap(({ points, name, colour, dashed = false }): Markish[] => [
        lineY(points, {
          x: 'epoch',
          y: 'value',
          stroke: colour,
          strokeWidth: 2,
          ...(dashed ? { strokeDasharray: '5,4' } : {}),
        }),
        dot(points.length <= maximumDots ? points : [], {
          x: 'epoch',
          y: 'value',
          r: 2.4,
          fill: colour,
          title: ({ epoch, value }: CurvePoint) => `epoch ${epoch}, ${name}: ${formatNats(value)}`,
        }),
      ]),
    ],
  });
}

interface LatentBars {
  /** One number ≥ 0 for each latent dimension. */
  readonly values: readonly number[];
  /** What the numbers are measured in, for the labels on hover; may be empty. */
  readonly unit: string;
  readonly isActive: (latent: number) => boolean;
  /** Where to draw a dashed line, if anywhere. */
  readonly threshold?: number;
  readonly description: string;
}

interface Bar {
  readonly latent: number;
  readonly value: number;
}

/** Bars of the latent dimensions from the largest down, the active ones in colour. */
export function drawLatentBars({ values, unit, isActive, threshold, description }: LatentBars): string {
  const bars = values.map((value, latent): Bar => ({ latent, value })).sort((a, b) => b.value - a.value);
  const names = bars.map(({ latent }) => `z${latent + 1}`);
  return plotSvg({
    ...frame,
    ariaLabel: description,
    x: { type: 'band', domain: names, padding: bars.length > 60 ? 0.05 : 0.25 },
    y: { domain: [0, Math.max(threshold ?? 0, bars[0]?.value ?? 0) || 1], nice: true },
    color: { type: 'identity' },
    marks: [
      ...axes('latent dimensions, largest first', bars.length <= 16 ? names : []),
      barY(bars, {
        x: ({ latent }: Bar) => `z${latent + 1}`,
        y: 'value',
        fill: ({ latent }: Bar) => (isActive(latent) ? 'var(--held-out)' : 'var(--faint)'),
        title: ({ latent, value }: Bar) => `z${latent + 1}: ${formatNumber(value, 3)} ${unit}`.trim(),
      }),
      ruleY([0], { stroke: 'var(--muted)' }),
      threshold === undefined ? null : ruleY([threshold], { stroke: 'var(--train)', strokeDasharray: '4,3' }),
    ],
  });
}

const sizes = {
  whole: { width: 1000, height: 300 },
  half: { width: 480, height: 270 },
  third: { width: 350, height: 230 },
} as const;

const frame = {
  className: 'chart',
  ...sizes.half,
  marginTop: 12,
  marginRight: 16,
  marginBottom: 42,
  marginLeft: 52,
  style: { fontSize: '13px' },
} satisfies PlotOptions & { className: string };

function axes(label: string, ticks: readonly (number | string)[]): Markish[] {
  return [
    gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
    axisY({ label: null, ticks: 5, tickSize: 0, tickFormat: tickLabel }),
    axisX({
      label,
      labelAnchor: 'center',
      labelArrow: 'none',
      tickSize: 0,
      ticks: [...ticks],
      tickFormat: String,
    }),
  ];
}

/** Whole numbers from first to last, at most about eight, in steps of 1, 2 or 5 times a power of ten. */
function wholeTicks(first: number, last: number): number[] {
  const least = (last - first) / 8;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least)!,
  );
  const start = Math.ceil(first / step) * step;
  const ticks = Array.from({ length: Math.floor((last - start) / step) + 1 }, (_, i) => start + i * step);
  // The curve starts at the first epoch: name it, unless another label would stand in its way.
  return ticks.length === 0 || ticks[0]! - first > step / 2 ? [first, ...ticks] : ticks;
}

function tickLabel(value: number): string {
  return String(value).replace('-', '−');
}
