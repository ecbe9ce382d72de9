import type { Variable } from '@reparam/autograd';
import {
  ArgumentError,
  DTypeError,
  describeTensor,
  type Expression,
  effect,
  formatShape,
  full,
  map,
  ShapeError,
  sameShape,
  scalar,
  type Tensor,
  tensor,
} from '@reparam/tensor';
import { ModuleBuffer } from '../module.ts';
import { requireSameForm, requireSameNames } from '../saved-state.ts';
import { varyingNumbers } from '../varying-numbers.ts';

/** What an optimiser changes, by name. */
export type Parameters = Readonly<Record<string, Variable>>;

/**
 * An update rule as formulas. Their inputs are numbered: 0 the parameter, 1 its gradient, then the slots
 * (moments and the like, one tensor a parameter), then the scalars of the step, then the constants. Slots are updated first, each
 * from the old slots; the parameter's formula sees the new ones.
 */
export interface UpdateRule {
  readonly name: string;
  readonly slots: readonly {
    readonly name: string;
    readonly update: Expression;
    /** What it starts from; 0 unless told. */
    readonly initial?: number;
  }[];
  readonly parameter: Expression;
  /** The scalars of a step, counted from 1, that all parameters share. */
  readonly scalars: (step: number, learningRate: number) => readonly number[];
  /** The numbers that stay what they are for one parameter, such as its weight decay. */
  readonly constants: (parameterName: string) => readonly number[];
}

/** Minimises by changing parameters along their gradients. Its state can be saved and restored. */
export class Optimizer {
  readonly name: string;
  /** May be changed between steps, by a schedule for example. */
  learningRate: number;
  readonly #rule: UpdateRule;
  readonly #parameters: Parameters;
  /** One row of buffers a slot, in the order of the parameters. */
  readonly #slots: readonly ModuleBuffer[][];
  /** In the order of the parameters. */
  readonly #constants: readonly Tensor[][];
  #step = 0;

  /** @throws ArgumentError unless the learning rate is positive and there are parameters. */
  constructor(rule: UpdateRule, parameters: Parameters, learningRate: number) {
    if (!(learningRate > 0 && Number.isFinite(learningRate))) {
      throw new ArgumentError(
        rule.name,
        'learningRate',
        learningRate,
        `the learning rate is ${learningRate}; it must be > 0.`,
      );
    }
    if (Object.keys(parameters).length === 0) {
      throw new ArgumentError(rule.name, 'parameters', parameters, 'there are no parameters to optimise.');
    }
    this.name = rule.name;
    this.learningRate = learningRate;
    this.#rule = rule;
    this.#parameters = parameters;
    this.#slots = rule.slots.map(({ name: slot, initial = 0 }) =>
      Object.entries(parameters).map(
        ([name, { shape, dtype }]) => new ModuleBuffer(full(shape, initial, { dtype }), `${slot}.${name}`),
      ),
    );
    this.#constants = Object.entries(parameters).map(([name, { dtype }]) =>
      rule.constants(name).map((value) => scalar(value, { dtype })),
    );
  }

  /** How many steps were taken. */
  get steps(): number {
    return this.#step;
  }

  /**
   * One step along `gradients`, in the order of the parameters. Nothing is changed unless all fit.
   * @throws ArgumentError on another number of gradients, ShapeError, DTypeError.
   */
  step(gradients: readonly Tensor[]): void {
    const parameters = Object.entries(this.#parameters);
    if (gradients.length !== parameters.length) {
      throw new ArgumentError(
        this.name,
        'gradients',
        gradients,
        `${parameters.length} parameters need as many gradients, not ${gradients.length}.`,
      );
    }
    parameters.forEach(([name, parameter], i) => {
      this.#requireFitting(name, parameter, gradients[i]!);
    });
    effect(() => {
      this.#step++;
    });
    const scalars = varyingNumbers(() => this.#rule.scalars(this.#step, this.learningRate));
    parameters.forEach(([, parameter], i) => {
      const gradient = gradients[i]!;
      const numbers = [...scalars(parameter.dtype), ...this.#constants[i]!];
      const slots = this.#slots.map((slot) => slot[i]!);
      const before = slots.map(({ value }) => value);
      const after = this.#rule.slots.map(({ update }) =>
        map(update, [parameter.value, gradient, ...before, ...numbers], this.name),
      );
      parameter.assign(
        map(this.#rule.parameter, [parameter.value, gradient, ...after, ...numbers], this.name),
      );
      after.forEach((tensor, slot) => {
        slots[slot]!.assign(tensor);
      });
    });
  }

  #requireFitting(name: string, parameter: Variable, gradient: Tensor): void {
    if (!sameShape(gradient.shape, parameter.shape)) {
      throw new ShapeError(
        this.name,
        `the gradient of ${name} is ${formatShape(gradient.shape)}, the parameter ${formatShape(parameter.shape)}.`,
        { gradient: gradient.shape, parameter: parameter.shape },
      );
    }
    if (gradient.dtype !== parameter.dtype) {
      throw new DTypeError(
        this.name,
        `the gradient of ${name} is ${gradient.dtype}, the parameter ${parameter.dtype}.`,
        { gradient: gradient.dtype, parameter: parameter.dtype },
      );
    }
  }

  /** Everything needed to go on as if never stopped, by name: `step` and one tensor a slot and parameter. */
  state(): Record<string, Tensor> {
    const state: Record<string, Tensor> = { step: tensor(this.#step, { dtype: 'int32' }) };
    this.#forEachSlot((name, slot, i) => {
      state[name] = slot[i]!.value;
    });
    return state;
  }

  /**
   * Takes up a saved state. Nothing is changed unless all of it fits.
   * @throws ArgumentError when names or the number of steps do not fit, ShapeError or DTypeError when a slot does not.
   */
  restore(state: Readonly<Record<string, Tensor>>): void {
    requireSameNames(`${this.name}.restore`, Object.keys(this.state()), Object.keys(state));
    this.#forEachSlot((name, slot, i) => {
      requireSameForm(`${this.name}.restore`, name, state[name]!, slot[i]!.value);
    });
    this.#step = stepsFrom(`${this.name}.restore`, state.step!);
    this.#forEachSlot((name, slot, i) => slot[i]!.assign(state[name]!));
  }

  #forEachSlot(visit: (name: string, slot: readonly ModuleBuffer[], parameter: number) => void): void {
    this.#rule.slots.forEach((slot, k) => {
      Object.keys(this.#parameters).forEach((name, i) => {
        visit(`${slot.name}.${name}`, this.#slots[k]!, i);
      });
    });
  }
}

/** A saved number of steps may come from a file, and a negative one would give NaN in bias corrections. */
function stepsFrom(operation: string, saved: Tensor): number {
  const steps = saved.dtype === 'int32' && saved.rank === 0 ? saved.item() : Number.NaN;
  if (steps >= 0) return steps;
  throw new ArgumentError(
    operation,
    'step',
    saved,
    `step was saved as ${describeTensor(saved)}${saved.size === 1 ? ` (${saved.item()})` : ''}; it must be ` +
      'an int32 scalar ≥ 0.',
  );
}
