import type { Tensor } from '@reparam/tensor';
import { noTotals, type TrainingRun } from './run.ts';

type State = Readonly<Record<string, Tensor>>;

/** Where a run stood with all of it in this process, to go back to when a device is lost. */
interface Snapshot {
  readonly model: State;
  readonly optimizer: State;
  readonly baseline: State;
  readonly step: number;
}

/**
 * A run whose steps are taken on a device. Evaluation and checkpoints are about tensors of this process, so states are
 * read back for them; and what was read back last is where the run goes on from if the device is lost.
 */
export class DeviceRun {
  readonly #run: TrainingRun;
  #last: Snapshot;

  constructor(run: TrainingRun) {
    this.#run = run;
    this.#last = { ...statesOf(run), step: run.step };
  }

  /** Brings parameters, buffers and the optimiser's state into this process, unless they are. */
  async readBackIfNeeded(): Promise<void> {
    const run = this.#run;
    if (run.step === this.#last.step) return;
    const { model, optimizer, baseline } = statesOf(run);
    this.#last = {
      model: await readAll(model),
      optimizer: await readAll(optimizer),
      baseline: await readAll(baseline),
      step: run.step,
    };
    this.#restore();
  }

  /** Puts the run back to where it was read last: the beginning, or the end of an epoch. */
  goBack(): void {
    this.#restore();
    this.#run.step = this.#last.step;
    this.#run.totals = noTotals;
  }

  #restore(): void {
    const { model, optimizer, baseline } = this.#last;
    this.#run.model.restore(model);
    this.#run.optimizer.restore(optimizer);
    this.#run.baseline.restore(baseline);
  }
}

function statesOf({ model, optimizer, baseline }: TrainingRun): Omit<Snapshot, 'step'> {
  return { model: model.state(), optimizer: optimizer.state(), baseline: baseline.state() };
}

async function readAll(state: State): Promise<State> {
  const entries = Object.entries(state).map(async ([name, tensor]) => [name, await tensor.read()] as const);
  return Object.fromEntries(await Promise.all(entries));
}
