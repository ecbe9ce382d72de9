import { dot, line, type Markish, ruleX, ruleY, text } from '@observablehq/plot';
import { ArgumentError } from '@reparam/tensor';
import { classColours } from './palette.ts';
import { plotSvg } from './plot-svg.ts';

export interface LatentPicture {
  /** Two latent coordinates of each example, usually posterior means. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** The class of each point, by which it is coloured. */
  readonly labels?: readonly number[];
  /** What the legend calls class `i`; its number unless told. */
  readonly classNames?: readonly string[];
  readonly axisNames: readonly [x: string, y: string];
  /** Radii of the faint circles around 0, in standard deviations of a standard normal prior; [1, 2] unless told. */
  readonly standardDeviations?: readonly number[];
  /** Where the components of a mixture prior lie: drawn as crosses. */
  readonly centres?: readonly (readonly [x: number, y: number])[];
}

const plotSize = 440;
/** More points than these hide each other and make a file that is slow to show: evenly thinned out. */
const maximumPoints = 5000;
const legendRow = 20;
/** Of a legend's column: the dot and the space around it, each character, and the most characters of a name. */
const legendColumn = { dot: 36, character: 8, longest: 12 };

/**
 * The latent space as a scatter plot: a self-contained SVG file, legible on light and on dark, both axes on the same
 * scale around 0, with the circles of the prior for orientation.
 * @throws ArgumentError without points, with a coordinate that is not finite, or when points and labels differ in number.
 */
export function drawLatent({
  points,
  labels,
  classNames,
  axisNames,
  standardDeviations = [1, 2],
  centres = [],
}: LatentPicture): string {
  requirePoints(points, labels);
  const reach = extent([...points, ...centres], standardDeviations);
  const classes = labels === undefined ? [] : [...new Set(labels)].sort((a, b) => a - b);
  const colours = classColours(Math.max(1, classes.length));
  const colourOf = new Map(classes.map((label, i) => [label, colours[i]!]));
  const kept = thin(points.length);
  const names = classes.map((label) => shorten(classNames?.[label] ?? String(label)));
  const legend = drawLegend(names, colours);
  const margin = { top: 14, right: 14 + legend.width, bottom: 46, left: 52 };
  return plotSvg({
    className: 'latent',
    css,
    width: plotSize + margin.left + margin.right,
    height: plotSize + margin.top + margin.bottom,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    style: { fontSize: '14px' },
    x: { domain: [-reach, reach], label: axisNames[0], labelAnchor: 'center', labelArrow: 'none', ticks: 7 },
    y: { domain: [-reach, reach], label: axisNames[1], labelAnchor: 'center', labelArrow: 'none', ticks: 7 },
    marks: [
      ruleX([0], { strokeOpacity: 0.15 }),
      ruleY([0], { strokeOpacity: 0.15 }),
      dot(kept, {
        x: (i: number) => points[i]![0],
        y: (i: number) => points[i]![1],
        r: kept.length > 2000 ? 1.8 : 2.6,
        fill: (i: number) => (labels === undefined ? colours[0] : colourOf.get(labels[i]!)),
        fillOpacity: 0.75,
      }),
      ...standardDeviations.flatMap(priorCircle),
      dot(centres, { symbol: 'times', r: 5, stroke: 'currentColor', strokeWidth: 2 }),
      ...legend.marks,
    ],
    color: { type: 'identity' },
  });
}

/** Stand-alone files bring their own colours; a page that shows the picture as an image picks the scheme. */
const css = `
.latent { --latent-background: #ffffff; color: #24292f; background: var(--latent-background); }
@media (prefers-color-scheme: dark) { .latent { --latent-background: #1a1d22; color: #d7dce2; } }
`;

function requirePoints(points: LatentPicture['points'], labels: LatentPicture['labels']): void {
  if (points.length === 0) {
    throw new ArgumentError('drawLatent', 'points', points, 'there is no point to draw; give at least one.');
  }
  const broken = points.findIndex((point) => !point.every(Number.isFinite));
  if (broken >= 0) {
    throw new ArgumentError(
      'drawLatent',
      'points',
      points[broken],
      `points[${broken}] is (${points[broken]!.join(', ')}); coordinates have to be finite.`,
    );
  }
  if (labels !== undefined && labels.length !== points.length) {
    throw new ArgumentError(
      'drawLatent',
      'labels',
      labels.length,
      `there are ${points.length} points but ${labels.length} labels; give one label a point, or none at all.`,
    );
  }
}

function extent(points: LatentPicture['points'], standardDeviations: readonly number[]): number {
  let reach = Math.max(1, ...standardDeviations);
  for (const [x, y] of points) reach = Math.max(reach, Math.abs(x), Math.abs(y));
  return reach * 1.06;
}

/** Indices of the points to draw. */
function thin(count: number): number[] {
  const drawn = Math.min(count, maximumPoints);
  return Array.from({ length: drawn }, (_, i) => Math.floor((i * count) / drawn));
}

function priorCircle(radius: number): Markish[] {
  const circle = Array.from({ length: 121 }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / 120;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  return [
    line(circle, { stroke: 'currentColor', strokeOpacity: 0.4, strokeWidth: 1, strokeDasharray: '3,4' }),
    text([[0, radius]], {
      text: [`${radius === 1 ? '' : radius}σ`],
      dy: -8,
      fill: 'currentColor',
      stroke: 'var(--latent-background)',
      strokeWidth: 4,
      fontSize: 12,
    }),
  ];
}

/** A column of coloured dots with the class beside each, to the right of the plot; more columns when it is long. */
function drawLegend(
  names: readonly string[],
  colours: readonly string[],
): { readonly marks: Markish[]; readonly width: number } {
  const rows = Math.floor(plotSize / legendRow) - 1;
  const columns = Math.ceil(names.length / rows);
  if (names.length === 0) return { marks: [], width: 0 };
  const column = legendColumn.dot + legendColumn.character * Math.max(...names.map(({ length }) => length));
  const heading = text([0], {
    frameAnchor: 'top-right',
    dx: 17,
    dy: 8,
    text: ['class'],
    textAnchor: 'start',
    lineAnchor: 'middle',
    fillOpacity: 0.7,
  });
  const marks = names.flatMap((name, i): Markish[] => {
    const dx = 22 + Math.floor(i / rows) * column;
    const dy = 8 + ((i % rows) + 1) * legendRow;
    const place = { frameAnchor: 'top-right', dy } as const;
    return [
      dot([0], { ...place, dx, r: 5, fill: colours[i]! }),
      text([0], { ...place, dx: dx + 11, text: [name], textAnchor: 'start', lineAnchor: 'middle' }),
    ];
  });
  return { marks: [heading, ...marks], width: columns * column };
}

function shorten(name: string): string {
  return name.length > legendColumn.longest ? `${name.slice(0, legendColumn.longest - 1)}…` : name;
}
