import { spawnSync } from 'node:child_process';
import { findNode24, thisEngine } from '../processes/node.ts';
import { lastError } from '../processes/respondent.ts';
import { threadsText } from './contestants.ts';

/** A step written by hand for the first layout alone, which prints `step ms median …` and takes JSON options. */
export interface Bound {
  readonly name: string;
  /** Its median over so many seconds, in milliseconds. @throws Error with what it complained about. */
  measure(seconds: number): number;
}

/** Its first steps, which it does not count, are within the time that it is given. */
const warmUp = 1.5;

const tiles = {
  exact: { MR: 2, NV: 4 },
  relaxed: { MR: 6, NV: 2, fma: true },
  revectorised: { MR: 6, NV: 4, fma: true, revec: 1 },
} as const;

/** The program at `path` in every way that this machine can run it. */
export function bounds(path: string): Bound[] {
  const node24 = findNode24();
  const major = Number(/^v(\d+)/.exec(thisEngine.version)![1]);
  const ways = [
    { engine: thisEngine, tile: major >= 22 ? ('relaxed' as const) : ('exact' as const) },
    ...(node24 && node24.path !== thisEngine.path ? [{ engine: node24, tile: 'relaxed' as const }] : []),
    ...(node24 ? [{ engine: node24, tile: 'revectorised' as const }] : []),
  ];
  return ways.flatMap(({ engine, tile }) =>
    [1, 2].map((threads) => ({
      name: `by hand, ${tile}, ${threadsText(threads)}, Node ${engine.version}`,
      measure: (seconds) => {
        const options = JSON.stringify({ ...tiles[tile], threads, ms: (warmUp + seconds) * 1e3 });
        const { stdout, stderr } = spawnSync(engine.path, [path, options], { encoding: 'utf8' });
        const median = /step ms median ([\d.]+)/.exec(stdout)?.[1];
        if (median === undefined)
          throw new Error(`it came to no step in ${seconds} s, or failed: ${lastError(stderr)}`);
        return Number(median);
      },
    })),
  );
}
