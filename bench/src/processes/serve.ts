import { createInterface } from 'node:readline';

/** What a process answers, by the name of the request. Whoever asks knows what argument a request takes. */
export type Answers = Readonly<Record<string, (argument: never) => unknown>>;

/**
 * Writes `introduction` as a line of JSON, then for every line `{"ask": name, "argument": …}` on standard input the
 * answer as another; ends with standard input. Errors are answers too.
 */
export async function serve(introduction: object, answers: Answers): Promise<void> {
  say(introduction);
  for await (const line of createInterface({ input: process.stdin })) {
    const { ask, argument } = JSON.parse(line) as { ask: string; argument: never };
    try {
      say(await answers[ask]!(argument));
    } catch (error) {
      say({ error: (error as Error).message });
    }
  }
  process.exit(0);
}

function say(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** The milliseconds of each step during `seconds`, of one at least. */
export async function timeSteps(seconds: number, step: () => unknown): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1e3;
  while (times.length < 1 || performance.now() < end) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
  return times;
}
