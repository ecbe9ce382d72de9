/** What values a likelihood can be about. */
export interface DataSupport {
  readonly wanted: string;
  readonly accepts: (value: number) => boolean;
  /** What the values of an example must add up to, where that matters. */
  readonly total?: number;
}

export const supports = {
  reals: { wanted: 'finite numbers', accepts: Number.isFinite },
  positive: { wanted: 'numbers above 0', accepts: (value) => value > 0 && value < Infinity },
  unitInterval: { wanted: 'values from 0 to 1', accepts: (value) => value >= 0 && value <= 1 },
  openUnitInterval: {
    wanted: 'values between 0 and 1, without 0 and 1 themselves',
    accepts: (value) => value > 0 && value < 1,
  },
  counts: { wanted: 'whole numbers from 0', accepts: (value) => Number.isSafeInteger(value) && value >= 0 },
  oneHot: {
    wanted: 'rows of zeros with a single 1',
    accepts: (value) => value === 0 || value === 1,
    total: 1,
  },
} as const satisfies Readonly<Record<string, DataSupport>>;
