import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that introduces itself with a line of JSON and then answers each request with another (see serve.ts). */
export class Respondent {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #complaints = '';

  constructor(command: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const [program, ...rest] = command;
    this.#process = spawn(program!, rest, { env: { ...process.env, ...environment } });
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints += text;
    });
    // A process that cannot be started, or is gone, is noticed by its silence.
    this.#process.on('error', (error) => {
      this.#complaints += error.message;
    });
    this.#process.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** The next line it says. @throws Error with what it wrote to standard error when it ends, or answers an error. */
  async answer(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(lastError(this.#complaints));
    const answer = JSON.parse(value) as { error?: string };
    if (answer?.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  ask(request: string, argument: unknown): Promise<unknown> {
    this.#process.stdin.write(`${JSON.stringify({ ask: request, argument })}\n`);
    return this.answer();
  }

  end(): void {
    this.#process.stdin.end();
  }
}

/** The line of what a process wrote to standard error that says most. */
export function lastError(complaints: string): string {
  const lines = complaints.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? 'it ended without a word').trim();
}
