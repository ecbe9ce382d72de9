import Benchmark from 'benchmark';
import { median } from './statistics.ts';

/** One thing to measure. */
export interface Case {
  readonly name: string;
  readonly run: () => void;
  /** Floating-point operations, elements, or operations of the tape that one run goes through. */
  readonly work: number;
}

/** Cases that belong side by side; ratios are against the first. */
export interface Group {
  readonly title: string;
  /** What `work` counts. */
  readonly unit: 'flop' | 'element' | 'operation';
  readonly cases: readonly Case[];
}

export interface Measurement {
  readonly group: string;
  readonly name: string;
  /** Median time of one run. */
  readonly milliseconds: number;
  /** Relative margin of error of the mean, in percent, as benchmark.js computes it. */
  readonly marginPercent: number;
  readonly samples: number;
  /** GFLOP/s, or nanoseconds an element or operation. */
  readonly rate: number;
  readonly rateUnit: 'GFLOP/s' | 'ns/element' | 'ns/operation';
  /** How many times faster than the group's first case. */
  readonly ratio: number;
}

/** Runs the cases of a group one after the other in this process. */
export function measure({ title, unit, cases }: Group, maximumSeconds: number): Measurement[] {
  const suite = new Benchmark.Suite(title);
  for (const { name, run } of cases) suite.add(name, run, { maxTime: maximumSeconds, minSamples: 5 });
  suite.run({ async: false });
  const medians = suite.map((benchmark: Benchmark) => median(benchmark.stats.sample));
  return suite.map((benchmark: Benchmark, i: number): Measurement => {
    const seconds = medians[i]!;
    const { work } = cases[i]!;
    return {
      group: title,
      name: cases[i]!.name,
      milliseconds: seconds * 1e3,
      marginPercent: benchmark.stats.rme,
      samples: benchmark.stats.sample.length,
      rate: unit === 'flop' ? work / seconds / 1e9 : (seconds * 1e9) / work,
      rateUnit: unit === 'flop' ? 'GFLOP/s' : `ns/${unit}`,
      ratio: medians[0]! / seconds,
    };
  });
}
