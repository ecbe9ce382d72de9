import { decodeSafetensors, encodeSafetensors, FileFormatError, RandomKey } from '@reparam/tensor';
import { requireVaeSettings, type VaeSettings } from '../models/settings.ts';
import { Vae } from '../models/vae.ts';
import { createOptimizer, type EpochTotals, type TrainingRun } from './run.ts';
import { requireTrainingSettings, type TrainingSettings } from './settings.ts';

const format = 'reparam-checkpoint';
const version = '1';

/** Prefixes of the tensors' names in the file. */
const groups = { model: 'model.', optimizer: 'optimizer.' } as const;
const keyName = 'key';
const annotationPrefix = 'annotation.';
/** Bytes of a float32. */
const smallestElement = 4;

/**
 * A run as safetensors bytes: parameters and buffers, optimiser state, position, sums of the epoch under way, settings and
 * random key. Equal runs give equal bytes.
 */
export function encodeCheckpoint({
  model,
  optimizer,
  settings,
  key,
  annotations,
  step,
  totals,
}: TrainingRun): Uint8Array {
  const tensors = {
    ...prefixed(groups.model, Object.entries(model.state())),
    ...prefixed(groups.optimizer, Object.entries(optimizer.state())),
    [keyName]: key.toTensor(),
  };
  return encodeSafetensors(tensors, {
    format,
    version,
    model: JSON.stringify(model.settings),
    training: JSON.stringify(settings),
    progress: JSON.stringify({ step, totals }),
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
  const model = new Vae(modelSettings, key);
  model.restore(selected(groups.model, tensors));
  const optimizer = createOptimizer(model, settings);
  optimizer.restore(selected(groups.optimizer, tensors));
  const annotations = selected(annotationPrefix, metadata);
  return { model, optimizer, settings, key, annotations, ...parseProgress(parse(metadata, 'progress')) };
}

/** Settings that promise more parameters than the file holds must not make us allocate them. */
function requireRoom({ features, hidden, latent, flow, prior }: VaeSettings, bytes: number): void {
  const widths = [features, ...hidden, latent];
  const encoder = widths.slice(1).reduce((sum, width, i) => sum + width * widths[i]!, 0);
  const flows = flow.kind === 'planar' ? flow.layers * (2 * latent + 1) * widths.at(-2)! : 0;
  const mixture = prior.kind === 'mixture' ? prior.components * latent : 0;
  const promised = encoder + flows + mixture;
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

function parseProgress({ step, totals }: Record<string, unknown>): { step: number; totals: EpochTotals } {
  const sums = Object(totals) as Record<string, unknown>;
  const { examples, reconstruction, kl } = sums;
  if (
    typeof step !== 'number' ||
    !Number.isSafeInteger(step) ||
    step < 0 ||
    ![examples, reconstruction, kl].every(Number.isFinite)
  ) {
    throw new FileFormatError('checkpoint', 'its position in the training cannot be read.');
  }
  return { step, totals: { examples, reconstruction, kl } as EpochTotals };
}
