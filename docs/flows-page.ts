import { type FlowKind, type FlowName, flows } from '@reparam/vae';

/** What measuring a flow found, as the page shows it. */
export interface FlowAccuracy {
  readonly logDet: string;
  readonly roundTrip: string;
  /** |∫ e^{logProb} − 1| */
  readonly integral: string;
}

const columns: readonly {
  readonly title: string;
  readonly cell: (name: FlowName, accuracy: FlowAccuracy | undefined) => string;
}[] = [
  { title: 'flow', cell: (name) => `\`${name}\`` },
  { title: 'what it does', cell: (name) => flows[name].description },
  { title: 'forward', cell: (name) => code(flows[name].formula) },
  { title: 'log-determinant', cell: (name) => code(flows[name].logDet) },
  { title: 'draws', cell: (name) => flows[name].forward },
  { title: 'densities', cell: (name) => flows[name].inverse },
  { title: 'least D', cell: (name) => String((flows[name] as FlowKind).minimumDimensions) },
  { title: 'log-determinant off by', cell: (_, accuracy) => accuracy?.logDet ?? '' },
  { title: 'round trip off by', cell: (_, accuracy) => accuracy?.roundTrip ?? '' },
  { title: 'integral off by', cell: (_, accuracy) => accuracy?.integral ?? '' },
];

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

/** The reference page of all flows, from their table. */
export function renderFlows(accuracy: ReadonlyMap<string, FlowAccuracy>): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const names = Object.keys(flows) as FlowName[];
  return [
    '# Flows',
    '',
    'Made by `npm run docs` from the table of flows; the same table drives their tests. A flow is a module that gives a',
    'bijector: with parameters of its own, or with those that depend on a context. Draws need the forward direction,',
    'densities of given points the inverse. A direction is computed in closed form; with one pass of the network for',
    'every dimension; or iteratively, to the precision of the type (for `continuous`, of its eight Runge–Kutta steps).',
    '',
    'Measured in two dimensions and float64, with two layers of random parameters: the log-determinant against',
    'log|det J| of the differentiated map, and there and back again, in both directions (the worst of 200 points); and',
    '∫ e^{log-density} against 1 by quadrature, whose own error at the kinks of the splines is about 1e-4.',
    '',
    row(columns.map(({ title }) => title)),
    row(columns.map(() => '---')),
    ...names.map((name) => row(columns.map(({ cell }) => cell(name, accuracy.get(name))))),
    '',
  ].join('\n');
}
