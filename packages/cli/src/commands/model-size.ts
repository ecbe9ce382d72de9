import type { VaeSettings } from '@reparam/vae';
import { UserError } from '../files/user-error.ts';

/** With gradients and the state of the optimiser, 2 GiB. */
const maximumParameters = 2 ** 27;

/** How many numbers a model of these settings learns. */
export function countParameters({ features, latent, hidden, prior, flow, likelihood }: VaeSettings): number {
  const layers = (sizes: readonly number[]): number =>
    sizes.slice(1).reduce((total, outputs, i) => total + (sizes[i]! + 1) * outputs, 0);
  const innermost = hidden.at(-1) ?? features;
  const outermost = hidden[0] ?? latent;
  const flowParameters = flow.kind === 'planar' ? flow.layers * (2 * latent + 1) : 0;
  const encoder = layers([features, ...hidden]) + (innermost + 1) * (2 * latent + flowParameters);
  const scale = likelihood.kind === 'gaussian' ? likelihood.scale : undefined;
  const outputs = scale === 'network' ? 2 * features : features;
  const decoder = layers([latent, ...hidden.toReversed()]) + (outermost + 1) * outputs;
  const components = prior.kind === 'mixture' ? prior.components * (2 * latent + 1) : 0;
  return encoder + decoder + components + (scale === 'learned' ? 1 : 0);
}

/** @throws UserError when the model would not fit into memory, before any of it is made. */
export function requireModelSize(settings: VaeSettings): void {
  const parameters = countParameters(settings);
  if (parameters <= maximumParameters) return;
  throw new UserError(
    `This model would have ${parameters.toLocaleString('en')} parameters, but at most ` +
      `${maximumParameters.toLocaleString('en')} fit: choose smaller --hidden, --latent, --prior or --flow, or smaller images.`,
  );
}
