import type { Variable } from '@reparam/autograd';
import {
  ArgumentError,
  type Expression,
  formatShape,
  map,
  ShapeError,
  sameShape,
  scalar,
  type Tensor,
  tensor,
  zeros,
} from '@reparam/tensor';
import { requireSameNames } from '../module.ts';

/**
 * An update rule as formulas. Their inputs are numbered: 0 the parameter, 1 its gradient, then the slots
 * (moments and the like, one tensor a parameter), then the scalars of the step. Slots are updated first, each
 * from the old slots; the parameter's formula sees the new ones.
 */
export interface UpdateRule {
  readonly name: string;
  readonly slots: readonly { readonly name: string; readonly update: Expression }[];
  readonly parameter: Expression;
  /** The scalars at a step, counted from 1. */
  readonly scalars: (step: number, learningRate: number) => readonly number[];
}

/** Minimises by changing parameters along their gradients. Its state can be saved and restored. */
export class Optimizer {
  readonly name: string;
  /** May be changed between steps, by a schedule for example. */
  learningRate: number;
  readonly #rule: UpdateRule;
  readonly #parameters: Readonly<Record<string, Variable>>;
  /** One row of tensors a slot, in the order of the parameters. */
  #slots: Tensor[][];
  #step = 0;

  /** @throws ArgumentError unless the learning rate is positive and there are parameters. */
  constructor(rule: UpdateRule, parameters: Readonly<Record<string, Variable>>, learningRate: number) {
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
    this.#slots = rule.slots.map(() =>
      Object.values(parameters).map(({ shape, dtype }) => zeros(shape, { dtype })),
    );
  }

  /** How many steps were taken. */
  get steps(): number {
    return this.#step;
  }

  /** One step along `gradients`, in the order of the parameters. @throws ShapeError when they do not fit. */
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
    this.#step++;
    const values = this.#rule.scalars(this.#step, this.learningRate);
    parameters.forEach(([name, parameter], i) => {
      const gradient = gradients[i]!;
      if (!sameShape(gradient.shape, parameter.shape)) {
        throw new ShapeError(
          this.name,
          `the gradient of ${name} is ${formatShape(gradient.shape)}, the parameter ${formatShape(parameter.shape)}.`,
          { gradient: gradient.shape, parameter: parameter.shape },
        );
      }
      const scalars = values.map((value) => scalar(value, { dtype: parameter.dtype }));
      const before = this.#slots.map((slot) => slot[i]!);
      const after = this.#rule.slots.map(({ update }) =>
        map(update, [parameter.value, gradient, ...before, ...scalars], this.name),
      );
      parameter.assign(
        map(this.#rule.parameter, [parameter.value, gradient, ...after, ...scalars], this.name),
      );
      after.forEach((tensor, slot) => {
        this.#slots[slot]![i] = tensor;
      });
    });
  }

  /** Everything needed to go on as if never stopped, by name: `step` and one tensor a slot and parameter. */
  state(): Record<string, Tensor> {
    const state: Record<string, Tensor> = { step: tensor(this.#step, { dtype: 'int32' }) };
    this.#forEachSlot((name, slot, i) => {
      state[name] = slot[i]!;
    });
    return state;
  }

  /** Takes up a saved state. @throws ArgumentError when names do not fit, ShapeError when shapes do not. */
  restore(state: Readonly<Record<string, Tensor>>): void {
    requireSameNames(`${this.name}.restore`, Object.keys(this.state()), Object.keys(state));
    const restored = this.#slots.map((slot) => [...slot]);
    this.#forEachSlot((name, slot, i, k) => {
      const saved = state[name]!;
      if (!sameShape(saved.shape, slot[i]!.shape) || saved.dtype !== slot[i]!.dtype) {
        throw new ShapeError(
          `${this.name}.restore`,
          `${name} was saved as ${saved.dtype} ${formatShape(saved.shape)}, but this model needs ` +
            `${slot[i]!.dtype} ${formatShape(slot[i]!.shape)}.`,
          { saved: saved.shape, needed: slot[i]!.shape },
        );
      }
      restored[k]![i] = saved;
    });
    this.#step = state.step!.item();
    this.#slots = restored;
  }

  #forEachSlot(
    visit: (name: string, slot: readonly Tensor[], parameter: number, slotNumber: number) => void,
  ): void {
    this.#rule.slots.forEach((slot, k) => {
      Object.keys(this.#parameters).forEach((name, i) => {
        visit(`${slot.name}.${name}`, this.#slots[k]!, i, k);
      });
    });
  }
}
