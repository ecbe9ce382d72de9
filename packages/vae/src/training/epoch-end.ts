import { VariationalOptimizer } from '../inference/variational-optimizer.ts';
import { annealingEpochs } from './annealing.ts';
import type { BestEpoch, TrainingRun } from './run.ts';

/**
 * What a held-out bound changes at the end of an epoch: the learning rate, where that depends on it, and whether the
 * run goes on. A run that stops early gets the parameters of its best epoch back.
 * @returns whether it stops.
 */
export function judgeEpoch(run: TrainingRun, epoch: number, elbo: number): boolean {
  run.plateau?.observe(elbo);
  const { patience } = run.settings;
  // While the weight of the KL still changes, so does what the bound can reach: nothing is best yet.
  if (patience === 0 || epoch < annealingEpochs(run.settings)) return false;
  if (run.best === undefined || elbo > run.best.elbo) {
    run.best = { epoch, elbo, ...stateOf(run) };
    return false;
  }
  if (epoch - run.best.epoch < patience) return false;
  run.model.restore(run.best.state);
  if (run.best.optimizer) run.optimizer.restore(run.best.optimizer);
  run.stoppedEarly = true;
  return true;
}

function stateOf({ model, optimizer }: TrainingRun): Pick<BestEpoch, 'state' | 'optimizer'> {
  const state = model.state();
  return optimizer instanceof VariationalOptimizer ? { state, optimizer: optimizer.state() } : { state };
}
