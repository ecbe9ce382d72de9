import { requireSameState } from '@reparam/nn';
import {
  decodeSafetensors,
  encodeSafetensors,
  FileFormatError,
  RandomKey,
  type Tensor,
} from '@reparam/tensor';
import { VariationalOptimizer } from '../inference/variational-optimizer.ts';
import { requireVaeSettings, type VaeSettings } from '../models/settings.ts';
import { leastParameterCount } from '../models/size.ts';
import { Vae } from '../models/vae.ts';
import { requireCombination } from './combination.ts';
import { type BestEpoch, type EpochTotals, partsOf, type TrainingRun } from './run.ts';
import { requireTrainingSettings, type TrainingSettings } from './settings.ts';

const format = 'reparam-checkpoint';
const version = '2';

/** Prefixes of the tensors' names in the file. */
const groups = {
  model: 'model.',
  optimizer: 'optimizer.',
  baseline: 'baseline.',
  plateau: 'plateau.',
  best: 'best.',
  bestOptimizer: 'bestOptimizer.',
} as const;
const keyName = 'key';
const annotationPrefix = 'annotation.';
/** Bytes of a float32. */
const smallestElement = 4;

/**
 * A run as safetensors bytes: parameters and buffers, optimiser state, position, sums of the epoch under way, settings and
 * random key. Equal runs give equal bytes.
 */
export function encodeCheckpoint(run: TrainingRun): Uint8Array {
  const { model, optimizer, baseline, plateau, best, settings, key, annotations } = run;
  const { step, totals, stoppedEarly } = run;
  const tensors = {
    ...prefixed(groups.model, Object.entries(model.state())),
    ...prefixed(groups.optimizer, Object.entries(optimizer.state())),
    ...prefixed(groups.baseline, Object.entries(baseline.state())),
    ...prefixed(groups.plateau, Object.entries(plateau?.state() ?? {})),
    ...prefixed(groups.best, Object.entries(best?.state ?? {})),
    ...prefixed(groups.bestOptimizer, Object.entries(best?.optimizer ?? {})),
    [keyName]: key.toTensor(),
  };
  return encodeSafetensors(tensors, {
    format,
    version,
    model: JSON.stringify(model.settings),
    training: JSON.stringify(settings),
    progress: JSON.stringify({
      step,
      totals,
      stoppedEarly,
      best: best ? { epoch: best.epoch, elbo: best.elbo } : null,
    }),
    ...prefixed(annotationPrefix, Object.entries(annotations)),
  });
}

/**
 * The run that was saved, ready to go on, to draw from or to evaluate.
 * @throws FileFormatError when the bytes are no such checkpoint, ArgumentError, ShapeError or DTypeError when its
 * tensors do not fit its settings.
 */
export function decodeCheckpoint(bytes: Uint8Array): TrainingRun {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata.format !== format) {
    throw new FileFormatError(
      'checkpoint',
      'this is a safetensors file, but not a checkpoint of this library.',
    );
  }
  if (metadata.version !== version) {
    throw new FileFormatError(
      'checkpoint',
      `version ${metadata.version} is not known here, only ${version}.`,
    );
  }
  const settings = parse(metadata, 'training') as unknown as TrainingSettings;
  requireTrainingSettings(settings);
  const savedKey = tensors[keyName];
  if (savedKey === undefined) throw new FileFormatError('checkpoint', 'the random key is missing.');
  const key = RandomKey.fromTensor(savedKey);
  const modelSettings = parse(metadata, 'model') as unknown as VaeSettings;
  requireVaeSettings(modelSettings);
  requireRoom(modelSettings, bytes.length);
  requireCombination(modelSettings, settings);
  const model = new Vae(modelSettings, key);
  model.restore(selected(groups.model, tensors));
  const parts = partsOf(model, settings, key);
  parts.optimizer.restore(selected(groups.optimizer, tensors));
  parts.baseline.restore(selected(groups.baseline, tensors));
  parts.plateau?.restore(selected(groups.plateau, tensors));
  const annotations = selected(annotationPrefix, metadata);
  const { best, ...progress } = parseProgress(parse(metadata, 'progress'));
  const run = { ...parts, model, settings, key, annotations, ...progress };
  return { ...run, best: best && { ...best, ...bestState(run, tensors) } };
}

function bestState(
  { model, optimizer }: Pick<TrainingRun, 'model' | 'optimizer'>,
  tensors: Readonly<Record<string, Tensor>>,
): Pick<BestEpoch, 'state' | 'optimizer'> {
  const state = selected(groups.best, tensors);
  requireSameState('checkpoint', state, model.state());
  if (!(optimizer instanceof VariationalOptimizer)) return { state };
  const ofOptimizer = selected(groups.bestOptimizer, tensors);
  requireSameState('checkpoint', ofOptimizer, optimizer.state());
  return { state, optimizer: ofOptimizer };
}

/** Settings that promise more parameters than the file holds must not make us allocate them. */
function requireRoom(settings: VaeSettings, bytes: number): void {
  const promised = leastParameterCount(settings);
  if (promised * smallestElement > bytes) {
    throw new FileFormatError(
      'checkpoint',
      `its settings promise a model of more than ${promised} parameters, which its ${bytes} bytes cannot hold.`,
    );
  }
}

function prefixed<T>(prefix: string, entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries.map(([name, value]) => [`${prefix}${name}`, value]));
}

function selected<T>(prefix: string, named: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
    ),
  );
}

function parse(metadata: Readonly<Record<string, string>>, entry: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(metadata[entry] ?? '');
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below, together with what is no object.
  }
  throw new FileFormatError('checkpoint', `its "${entry}" settings cannot be read.`);
}

interface Progress {
  readonly step: number;
  readonly totals: EpochTotals;
  readonly stoppedEarly: boolean;
  readonly best: Pick<BestEpoch, 'epoch' | 'elbo'> | undefined;
}

function parseProgress({ step, totals, stoppedEarly, best }: Record<string, unknown>): Progress {
  const { examples, reconstruction, kl } = Object(totals) as Record<string, unknown>;
  const { epoch, elbo } = Object(best) as Record<string, unknown>;
  if (
    typeof step !== 'number' ||
    !Number.isSafeInteger(step) ||
    step < 0 ||
    ![examples, reconstruction, kl].every(Number.isFinite) ||
    typeof stoppedEarly !== 'boolean' ||
    !(best === null || (Number.isSafeInteger(epoch) && Number.isFinite(elbo)))
  ) {
    throw new FileFormatError('checkpoint', 'its position in the training cannot be read.');
  }
  return {
    step,
    totals: { examples, reconstruction, kl } as EpochTotals,
    stoppedEarly,
    best: best === null ? undefined : ({ epoch, elbo } as Pick<BestEpoch, 'epoch' | 'elbo'>),
  };
}
