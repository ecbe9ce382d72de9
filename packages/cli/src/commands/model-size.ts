import { leastParameterCount, requireVaeSettings, type Vae, type VaeSettings } from '@reparam/vae';
import { UserError } from '../files/user-error.ts';

/** With gradients and the state of the optimiser, 2 GiB. */
const maximumParameters = 2 ** 27;

/** How many numbers a model learns, as people read it. */
export function countParameters(model: Vae): string {
  return model
    .parameters()
    .reduce((total, { size }) => total + size, 0)
    .toLocaleString('en');
}

/**
 * @throws UserError when the model would not fit into memory, and ArgumentError when settings are out of range, before
 * any of it is made.
 */
export function requireModelSize(settings: VaeSettings): void {
  requireVaeSettings(settings);
  const parameters = leastParameterCount(settings);
  if (parameters <= maximumParameters) return;
  throw new UserError(
    `This model would have more than ${parameters.toLocaleString('en')} parameters, but at most ` +
      `${maximumParameters.toLocaleString('en')} fit: choose smaller --hidden, --latent, --prior or --flow, or smaller images.`,
  );
}
