import { halfOfLogRatio, importanceWeights, pixelMean } from './bounds.ts';
import type { Exhibit } from './exhibit.ts';
import { unconstrainedFlow, unsquaredNorm } from './flows.ts';
import {
  overflowingSoftplus,
  powerSlope,
  productWithZero,
  slopeOfAbs,
  sumAxis,
  tiedMaximum,
} from './rules.ts';
import { recursion, secondPass } from './tapes.ts';

export const museum: readonly Exhibit[] = [
  powerSlope,
  sumAxis,
  tiedMaximum,
  productWithZero,
  slopeOfAbs,
  recursion,
  secondPass,
  unconstrainedFlow,
  unsquaredNorm,
  overflowingSoftplus,
  importanceWeights,
  halfOfLogRatio,
  pixelMean,
];

/** The table of README.md. */
export function catalogue(): string {
  return [
    '| The wrong answer | The right one | What catches it |',
    '| --- | --- | --- |',
    ...museum.map(({ wrong, right, caughtBy }) => `| ${[wrong, right, caughtBy].map(escaped).join(' | ')} |`),
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
