import { Respondent } from '../processes/respondent.ts';
import { median } from '../statistics.ts';
import type { Bound } from './bound.ts';
import type { Contestant } from './contestants.ts';
import type { Problem } from './problem.ts';

/** What came of a contestant. */
export interface Result {
  readonly name: string;
  /** Milliseconds of a step; undefined where `remark` says why there are none. */
  readonly median?: number;
  readonly fastest?: number;
  readonly introduction?: Introduction;
  readonly remark?: string;
}

/** What a contestant says of itself before it is timed. */
export interface Introduction {
  /** Of the first steps with the problem's batch and noise. */
  readonly losses: readonly number[];
  readonly version?: string;
  readonly compileMilliseconds?: number;
  readonly arenaBytes?: number;
}

export interface RaceOptions {
  /** Of each turn. */
  readonly seconds: number;
  /** Turns that everybody gets, one after the other, so that a slow spell of the machine hits all. */
  readonly rounds: number;
}

/** Whose step takes longer has one turn only. */
const patience = 2000;

/** Losses of hundreds of nats, in float32, after steps that divide by the root of tiny squares. */
const tolerance = 2e-4;

interface Runner {
  readonly name: string;
  readonly introduction?: Introduction;
  /** Whether there is time for more than one turn. */
  readonly slow?: boolean;
  turn(seconds: number): Promise<readonly number[]>;
  end(): void;
}

/** Times everybody whose losses are right. */
export async function race(
  problem: Problem,
  path: string,
  field: readonly Contestant[],
  bounds: readonly Bound[],
  { seconds, rounds }: RaceOptions,
): Promise<Result[]> {
  const results = new Map<string, Result>();
  const runners: Runner[] = [];
  for (const contestant of field) {
    try {
      runners.push(await enter(contestant, problem, path));
    } catch (error) {
      results.set(contestant.name, { name: contestant.name, remark: (error as Error).message });
    }
  }
  for (const { name, measure } of bounds) {
    runners.push({ name, turn: async (length) => [measure(length)], end: () => {} });
  }
  const times = new Map(runners.map((runner) => [runner, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [runner, all] of times) {
      if (round > 0 && runner.slow) continue;
      try {
        all.push(...(await runner.turn(seconds)));
      } catch (error) {
        results.set(runner.name, { name: runner.name, remark: (error as Error).message });
        times.delete(runner);
      }
    }
  }
  for (const runner of runners) runner.end();
  for (const [{ name, introduction }, all] of times) {
    results.set(name, {
      name,
      median: median(all),
      fastest: Math.min(...all),
      ...(introduction && { introduction }),
    });
  }
  return [...field, ...bounds].map(({ name }) => results.get(name)!);
}

async function enter(contestant: Contestant, problem: Problem, path: string): Promise<Runner> {
  const command = contestant.command(path, problem.layout);
  if (typeof command === 'string') throw new Error(command);
  const respondent = new Respondent(command);
  const introduction = (await respondent.answer()) as Introduction;
  const differing = problem.losses.findIndex(
    (loss, i) => !(Math.abs(introduction.losses[i]! - loss) <= tolerance * Math.abs(loss)),
  );
  if (differing >= 0) {
    respondent.end();
    throw new Error(
      `not timed: its loss after ${differing} steps is ${introduction.losses[differing]}, not ${problem.losses[differing]}`,
    );
  }
  // Compilers of the engine take over during the first steps.
  const warmUp = (await respondent.ask('time', 0.5)) as number[];
  return {
    name: contestant.name,
    introduction,
    slow: warmUp[0]! > patience,
    turn: async (seconds) => (await respondent.ask('time', seconds)) as number[],
    end: () => respondent.end(),
  };
}
