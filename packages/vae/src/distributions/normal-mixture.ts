import type { DiagonalNormal } from './diagonal-normal.ts';
import { Mixture } from './mixture.ts';

/** Σₖ πₖ N(μₖ, diag σₖ²) with π = softmax(logits). */
export class NormalMixture extends Mixture<DiagonalNormal> {}
