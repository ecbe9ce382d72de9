import {
  type CallSite,
  callSiteOf,
  captureStack,
  formatCallSite,
  formatShape,
  operandNames,
  type Tensor,
} from '@reparam/tensor';
import { type ForwardCall, type Observer, withObserver } from '../observe.ts';
import type { TapeNode } from '../tape.ts';
import type { Variable } from '../variable.ts';
import { elementAt, findElement } from './elements.ts';
import { type AnomalousInput, NonFiniteError } from './non-finite-error.ts';
import { summarize } from './summarize.ts';

export interface AnomalyOptions {
  /** Whether an infinity made out of finite numbers, as by log 0 or an overflow, is an anomaly; true unless told. */
  readonly infinities?: boolean;
}

/**
 * Runs `fn`, forward and backward passes alike, and throws at the first operation that makes NaN or an infinity out
 * of numbers, with the element and the caller's line; of a backward pass the line that ran the operation forwards.
 * NaN that comes from outside, in data or parameters, is named as that. An infinity that is merely passed on, such as
 * the −∞ of a mask, is no anomaly.
 *
 * ```ts
 * detectAnomalies(() => model.elbo(batch, key).loss.backward());
 * ```
 * Every result is looked through and every call remembered, which makes a training step half as long again and tiny
 * operations several times slower: this is for finding a fault. `fn` must not be asynchronous: what runs after its
 * first `await` is not watched. @throws NonFiniteError
 */
export function detectAnomalies<T>(fn: () => T, { infinities = true }: AnomalyOptions = {}): T {
  return withObserver(new AnomalyDetector(infinities), fn);
}

class AnomalyDetector implements Observer {
  readonly #infinities: boolean;
  readonly #stacks = new WeakMap<TapeNode, Error>();
  readonly #origins = new WeakMap<Tensor, string>();
  #pulling: { readonly node: TapeNode; readonly cotangent: Variable } | undefined;

  constructor(infinities: boolean) {
    this.#infinities = infinities;
  }

  forward(call: ForwardCall, compute: () => Tensor): Tensor {
    const result = compute();
    const isWrong = (value: number): boolean =>
      this.#infinities ? !Number.isFinite(value) : Number.isNaN(value);
    const index = findElement(result, isWrong);
    if (index !== undefined) this.#judge(call, result, index);
    this.#origins.set(result, call.rules.name);
    return result;
  }

  recorded(node: TapeNode): void {
    this.#stacks.set(node, captureStack());
  }

  backward(node: TapeNode, cotangent: Variable, pull: () => void): void {
    const before = this.#pulling;
    this.#pulling = { node, cotangent };
    try {
      const index = findElement(cotangent.stored, Number.isNaN);
      if (index !== undefined) this.#throwGiven(node.rules.name, [cotangent], cotangent, index);
      pull();
    } finally {
      this.#pulling = before;
    }
  }

  /** Throws, unless the result is an infinity that an input or a parameter held before. */
  #judge({ rules, inputs, parameters }: ForwardCall, result: Tensor, first: readonly number[]): void {
    for (const input of inputs) {
      const index = findElement(input.stored, Number.isNaN);
      if (index !== undefined) this.#throwGiven(rules.name, inputs, input, index);
    }
    const passedOn =
      holdsInfinity(parameters) || inputs.some(({ stored }) => findElement(stored, isInfinite));
    const index = passedOn ? findElement(result, Number.isNaN) : first;
    if (index === undefined) return;
    const value = elementAt(result, index);
    const values = rules.expression && inputs.map(({ stored }) => elementAt(stored, index));
    const blamed = this.#pulling?.node.rules.name ?? rules.name;
    const within = this.#pulling ? `in its backward pass, by ${rules.name}, ` : '';
    this.#throw(
      blamed,
      `${within}element [${index.join(', ')}] of the result ${formatShape(result.shape)} is ${value}` +
        `${values ? `: ${formatCall(rules.name, values)}` : ''}.`,
      { origin: 'made', value, index, shape: result.shape, inputs: this.#describeAll(inputs, values) },
    );
  }

  #throwGiven(
    operation: string,
    inputs: readonly Variable[],
    bad: Variable,
    index: readonly number[],
  ): never {
    const value = elementAt(bad.stored, index);
    this.#throw(
      this.#pulling?.node.rules.name ?? operation,
      `${this.#describe(bad)} ${formatShape(bad.shape)} already holds ${value} at [${index.join(', ')}].`,
      { origin: 'given', value, index, shape: bad.shape, inputs: this.#describeAll(inputs) },
    );
  }

  #throw(
    operation: string,
    explanation: string,
    found: Omit<NonFiniteError['anomaly'], 'phase' | 'callSite'>,
  ): never {
    const phase = this.#pulling ? 'backward' : 'forward';
    const callSite = this.#callSite();
    const called = callSite ? ` Called at ${formatCallSite(callSite)}.` : '';
    const inputs = `Inputs: ${found.inputs.map(formatInput).join('; ')}.`;
    throw new NonFiniteError(operation, `${explanation}${called} ${inputs}`, { phase, callSite, ...found });
  }

  #callSite(): CallSite | undefined {
    const captured = this.#pulling ? this.#stacks.get(this.#pulling.node) : captureStack();
    return captured && callSiteOf(captured);
  }

  #describeAll(inputs: readonly Variable[], values?: readonly number[]): AnomalousInput[] {
    return inputs.map((input, i) => ({
      description: this.#describe(input),
      ...(values && { element: values[i]! }),
      ...summarize(input.stored),
    }));
  }

  #describe(variable: Variable): string {
    if (variable === this.#pulling?.cotangent) return 'the cotangent';
    const { name, stored, requiresGrad, node } = variable;
    const maker = node?.rules.name ?? this.#origins.get(stored);
    if (maker !== undefined && !requiresGrad) return `the result of ${maker}`;
    const kind = requiresGrad ? 'leaf' : 'constant';
    return name === undefined ? `a ${kind}` : `the ${kind} '${name}'`;
  }
}

function isInfinite(value: number): boolean {
  return Math.abs(value) === Infinity;
}

/** Whether an operation was told an infinity, as the value to pad with. */
function holdsInfinity(parameters: unknown): boolean {
  const values: unknown[] = parameters instanceof Object ? Object.values(parameters) : [parameters];
  return values.some((value) => typeof value === 'number' && isInfinite(value));
}

/** `log(-0.0213)`; of derived formulas, which are long, what the letters stand for: `a = 0, b = 1`. */
function formatCall(name: string, values: readonly number[]): string {
  const texts = values.map(formatNumber);
  if (!name.startsWith('map[')) return `${name}(${texts.join(', ')})`;
  const letters = operandNames(values.length);
  return texts.map((text, i) => `${letters[i]} = ${text}`).join(', ');
}

function formatInput({ description, shape, min, max, nan, infinite }: AnomalousInput): string {
  const range =
    min === undefined || max === undefined ? [] : [`from ${formatNumber(min)} to ${formatNumber(max)}`];
  const counts = [...(nan > 0 ? [`${nan} NaN`] : []), ...(infinite > 0 ? [`${infinite} infinite`] : [])];
  return [`${description} ${formatShape(shape)}`, ...range, ...counts].join(', ');
}

/** At most four figures, as few as tell the number. */
function formatNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
