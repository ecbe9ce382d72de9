import { Respondent } from '../processes/respondent.ts';
import { products } from './products.ts';
import type { Subject } from './subject.ts';
import type { Introduction, Team } from './teams.ts';

/** What one way to compute something took. */
export interface Timing {
  readonly name: string;
  readonly milliseconds?: number;
  /** Why it was not timed. */
  readonly fault?: string;
  /** GFLOP/s that the instructions it is made of can reach. */
  readonly peak?: number;
}

/** The processes that take part, ready to be asked. */
export class Ladder {
  readonly #members: { readonly team: Team; readonly respondent: Respondent }[] = [];
  /** Why others do not take part. */
  readonly absences: string[] = [];
  readonly introductions: Introduction[] = [];

  static async start(teams: readonly Team[]): Promise<Ladder> {
    const ladder = new Ladder();
    for (const team of teams) await ladder.#enter(team);
    return ladder;
  }

  async #enter(team: Team): Promise<void> {
    const { name, command, environment } = team;
    try {
      if (typeof command === 'string') throw new Error(command);
      const respondent = new Respondent(command, environment);
      this.introductions.push((await respondent.answer()) as Introduction);
      this.#members.push({ team, respondent });
    } catch (error) {
      this.absences.push(`${name}: ${(error as Error).message}`);
    }
  }

  /** Everybody's times for a product, one after the other. */
  multiply(position: number): Promise<Timing[]> {
    return this.#ask(({ kind }) => ['multiply', kind === 'openblas' ? products[position] : position]);
  }

  elementwise(position: number, { name }: Subject): Promise<Timing[]> {
    return this.#ask(({ kind }) => {
      if (kind === 'openblas') return undefined;
      return kind === 'ours' ? ['elementwise', position] : ['named', name];
    });
  }

  eager(position: number): Promise<Timing[]> {
    return this.#ask(({ kind }) => (kind === 'ours' ? ['eager', position] : undefined));
  }

  async #ask(requestFor: (team: Team) => readonly [string, unknown] | undefined): Promise<Timing[]> {
    const timings: Timing[] = [];
    for (const { team, respondent } of this.#members) {
      const request = requestFor(team);
      if (request === undefined) continue;
      const answers = (await respondent.ask(...request)) as Timing[];
      timings.push(...answers.map((each) => ({ ...each, name: `${each.name}, ${team.name}` })));
    }
    return timings;
  }

  end(): void {
    for (const { respondent } of this.#members) respondent.end();
  }
}
