import { readFileSync, writeFileSync } from 'node:fs';
import { gradients } from '@reparam/autograd';
import { adam } from '@reparam/nn';
import {
  decodeSafetensors,
  encodeSafetensors,
  normal,
  RandomKey,
  referenceBackend,
  type Tensor,
  useBackend,
} from '@reparam/tensor';
import { binarize, type DiagonalNormal, generateDigits, kl, Vae } from '@reparam/vae';
import { type LayoutName, layouts } from './layouts.ts';

/** What all contestants are given: a batch, the noise of its posterior, and the parameters to begin with. */
export interface Problem {
  readonly layout: LayoutName;
  /** [batch, 784] of zeros and ones. */
  readonly x: Tensor;
  /** [batch, latent], what {@link noiseKey} draws. */
  readonly noise: Tensor;
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** The losses of the first steps, each with that batch and noise, computed in float64. */
  readonly losses: readonly number[];
}

export const noiseKey = RandomKey.fromSeed(2);

/** How many losses are compared: of the parameters as given, then of what steps along the gradient make of them. */
const comparedSteps = 3;

/** The problem of a layout. Everything in it comes from the reference backend. */
export function createProblem(layout: LayoutName): Problem {
  const before = useBackend(referenceBackend);
  try {
    const { settings, batch } = layouts[layout];
    const x = binarize(generateDigits({ count: batch }).examples, 'threshold', RandomKey.fromSeed(0));
    const noise = normal(noiseKey, [batch, settings.latent]);
    const model = new Vae(settings, RandomKey.fromSeed(1)).namedParameters();
    const parameters = Object.fromEntries(Object.entries(model).map(([name, { value }]) => [name, value]));
    const losses = lossesInDouble({ layout, x, noise, parameters });
    return { layout, x, noise, parameters, losses };
  } finally {
    useBackend(before);
  }
}

/** Steps of Adam in float64, with the draw z = μ + σ·ε written out. */
function lossesInDouble({ layout, x, noise, parameters }: Omit<Problem, 'losses'>): number[] {
  const model = new Vae({ ...layouts[layout].settings, dtype: 'float64' }, RandomKey.fromSeed(0));
  const inDouble = Object.entries(parameters).map(([name, tensor]) => [name, tensor.cast('float64')]);
  model.loadParameters(Object.fromEntries(inDouble));
  const optimizer = adam(model.namedParameters());
  const data = x.cast('float64');
  return Array.from({ length: comparedSteps }, () => {
    const posterior = model.encode(data) as DiagonalNormal;
    const z = posterior.location.add(posterior.scale.mul(noise.cast('float64')));
    const divergence = kl(posterior, model.prior.forward(), noiseKey).value;
    const loss = divergence.sub(model.decode(z).logProb(data)).mean();
    optimizer.step(gradients(loss, model.parameters()).map(({ value }) => value));
    return loss.item();
  });
}

/** As a safetensors file, which Python reads as well. */
export function writeProblem(path: string, { layout, x, noise, parameters, losses }: Problem): void {
  const metadata = { layout, losses: losses.join(' ') };
  writeFileSync(path, encodeSafetensors({ x, noise, ...parameters }, metadata));
}

export function readProblem(path: string): Problem {
  const { tensors, metadata } = decodeSafetensors(readFileSync(path));
  const { x, noise, ...parameters } = tensors;
  const losses = metadata.losses!.split(' ').map(Number);
  return { layout: metadata.layout as LayoutName, x: x!, noise: noise!, parameters, losses };
}
