import { type Choice, type Kind, valuesOf } from '../choices/choice.ts';
import { choiceOption, countOption } from '../choices/option.ts';
import type { Flow, FlowOptions } from '../flows/flow.ts';
import { type FlowName, flows } from '../flows/table.ts';

const layers = countOption('layers', 4);
const width = countOption('width of the two hidden layers of the networks inside, where there are any', 32);

/** Options of a flow that bends q(z|x). */
const options = {
  layers,
  parameters: choiceOption(
    'whose numbers: amortized (the encoder gives them for each x) or shared',
    'amortized',
    ['amortized', 'shared'],
  ),
  width,
} as const;

type BendingFlow = { readonly description: string; readonly options: typeof options };

/** What can bend q(z|x), by name. */
export const posteriorFlows = {
  none: { description: 'nothing: q(z|x) as it is', options: {} },
  ...(Object.fromEntries(
    Object.entries(flows).map(([name, { description }]) => [name, { description, options }]),
  ) as Readonly<Record<FlowName, BendingFlow>>),
} as const satisfies Readonly<Record<string, Kind>>;

export type FlowSettings = Choice<typeof posteriorFlows>;

export const flowChoice = { name: 'flow', kinds: posteriorFlows } as const;

type FlowValues = { readonly layers: number; readonly parameters: string; readonly width: number };

interface FlowShape {
  readonly latent: number;
  /** Numbers that the encoder gives. */
  readonly context: number;
}

/** What a flow is told beside what draws it. */
function flowOptions({ layers, parameters, width }: FlowValues, { latent, context }: FlowShape) {
  return {
    dimensions: latent,
    layers,
    hidden: [width, width],
    ...(parameters === 'amortized' && { context }),
  };
}

/** The flow that settings choose for a posterior; undefined for none. */
export function createPosteriorFlow(
  settings: FlowSettings,
  shape: FlowShape,
  { dtype, key }: Pick<FlowOptions, 'dtype' | 'key'>,
): Flow | undefined {
  if (settings.kind === 'none') return undefined;
  const options = flowOptions(valuesOf(flowChoice, settings) as FlowValues, shape);
  return flows[settings.kind].create({ ...options, ...(dtype && { dtype }), key });
}

/** A number of parameters that such a flow has at least. */
export function leastPosteriorFlowSize(settings: FlowSettings, shape: FlowShape): number {
  if (settings.kind === 'none') return 0;
  const options = flowOptions(valuesOf(flowChoice, settings) as FlowValues, shape);
  return options.layers * flows[settings.kind].layerSize(options);
}
