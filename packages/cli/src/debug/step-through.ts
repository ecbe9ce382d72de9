import { emitKeypressEvents } from 'node:readline';
import type { BackwardTrace } from '@reparam/autograd';
import { type Command, commandOf, type Key, keyHelp } from './keys.ts';
import type { Paint } from './paint.ts';
import { isSuspect, renderStep, type View } from './render-step.ts';
import { renderStrip } from './render-strip.ts';

/** The terminal, as far as it is needed: process.stdin and process.stdout. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { setRawMode?(raw: boolean): unknown };
  readonly output: NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number };
  readonly paint: Paint;
}

// The alternate screen (xterm), without cursor, and without wrapping lines that a narrow window cuts off.
const enterScreen = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const leaveScreen = '\x1b[?7h\x1b[?25h\x1b[?1049l';

/** Shows one step at a time until the person quits. @returns whether that was by Ctrl-C. */
export async function stepThrough(
  trace: BackwardTrace,
  title: string,
  { input, output, paint }: Terminal,
  start = 0,
): Promise<boolean> {
  const walk = new Walk(trace, title, start);
  const draw = (): void => {
    const view = { columns: output.columns ?? 80, rows: output.rows ?? 24, paint };
    output.write(
      `\x1b[H${walk
        .screen(view)
        .map((line) => `${line}\x1b[K`)
        .join('\r\n')}\x1b[J`,
    );
  };
  const restore = (): void => void output.write(leaveScreen);
  let onKey = (_text: string | undefined, _key: Key): void => undefined;
  let end = (): void => undefined;
  emitKeypressEvents(input);
  input.setRawMode?.(true);
  output.write(enterScreen);
  // Also where something throws, or another part of the program exits.
  process.once('exit', restore);
  try {
    draw();
    output.on('resize', draw);
    return await new Promise<boolean>((resolve, reject) => {
      end = () => resolve(true);
      onKey = (_text, key) => {
        try {
          const command = commandOf(key);
          if (command === 'quit' || command === 'interrupt') resolve(command === 'interrupt');
          else if (command !== undefined) {
            walk.follow(command);
            draw();
          }
        } catch (error) {
          reject(error);
        }
      };
      input.on('keypress', onKey);
      process.once('SIGTERM', end);
      input.resume();
    });
  } finally {
    output.removeListener('resize', draw);
    input.removeListener('keypress', onKey);
    process.removeListener('SIGTERM', end);
    process.removeListener('exit', restore);
    input.setRawMode?.(false);
    input.pause();
    restore();
  }
}

interface Screen extends View {
  readonly rows: number;
}

/** Where the person stands in a trace, and what they see there. */
export class Walk {
  readonly #trace: BackwardTrace;
  readonly #title: string;
  #at: number;
  #helping = false;
  #message = '';

  constructor(trace: BackwardTrace, title: string, start = 0) {
    this.#trace = trace;
    this.#title = title;
    this.#at = start;
  }

  get position(): number {
    return this.#at;
  }

  follow(command: Exclude<Command, 'quit' | 'interrupt'>): void {
    const last = this.#trace.steps.length - 1;
    this.#message = '';
    this.#helping = command === 'help' && !this.#helping;
    if (command === 'next') this.#at = Math.min(last, this.#at + 1);
    else if (command === 'previous') this.#at = Math.max(0, this.#at - 1);
    else if (command === 'first') this.#at = 0;
    else if (command === 'last') this.#at = last;
    else if (command === 'suspect') this.#goToSuspect();
  }

  /** The next suspect step, going round. */
  #goToSuspect(): void {
    const { steps } = this.#trace;
    const order = [...steps.slice(this.#at + 1), ...steps.slice(0, this.#at + 1)];
    const found = order.find(isSuspect);
    if (found === undefined)
      this.#message = 'No step is wrong: all that could be checked agree, and all is finite.';
    else if (found.position === this.#at) this.#message = 'No other step is wrong.';
    else this.#at = found.position;
  }

  /** The lines of the screen, as many as fit. */
  screen(view: Screen): string[] {
    const { steps } = this.#trace;
    const { columns, rows, paint } = view;
    const place = `step ${this.#at + 1} of ${steps.length}`;
    const room = columns - 4 - place.length;
    const title = this.#title.length > room ? `…${this.#title.slice(1 - room)}` : this.#title;
    const rule = paint('dim', '─'.repeat(columns - 1));
    const head = [
      ` ${paint('bold', title)}${place.padStart(columns - 2 - title.length)}`,
      rule,
      renderStrip(steps, this.#at, view),
    ];
    const keys = '← → step   w next wrong   g G first, last   ? help   q quit';
    const foot = [rule, ` ${this.#message ? paint('yellow', this.#message) : paint('dim', keys)}`];
    const body = fitInto(rows - head.length - foot.length, [
      '',
      ...(this.#helping ? helpLines : renderStep(steps[this.#at]!, view)),
    ]);
    return [...head, ...body, ...foot];
  }
}

/** Exactly so many lines: blank ones give way first, or fill up. */
function fitInto(count: number, lines: readonly string[]): string[] {
  if (lines.length <= count) return [...lines, ...Array<string>(count - lines.length).fill('')];
  const dense = lines.filter((line) => line !== '');
  if (dense.length <= count) return fitInto(count, dense);
  return count < 1 ? [] : [...dense.slice(0, count - 1), '  … the window is too low for the rest'];
}

const helpLines = [
  '  A backward pass, one operation at a time, from the output to the leaves.',
  '',
  ...keyHelp.map(([keys, meaning]) => `  ${keys.padEnd(14)}${meaning}`),
  '',
  '  Each rule is checked where it stands: all is computed again in double',
  '  precision, one input at a time is moved along a random direction, and the',
  '  slope that differences find is compared with what the rule sends back.',
];
