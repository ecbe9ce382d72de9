import { type VaeSettings, vaeSettings } from '@reparam/vae';

/** A model and batch whose training step is timed. */
export interface Layout {
  readonly title: string;
  readonly settings: VaeSettings;
  readonly batch: number;
}

/** All with relu, Bernoulli with logits, the closed form of the KL, and Adam. */
export const layouts = {
  wide: {
    title: '784-400-(20+20)-400-784, batch 128',
    settings: vaeSettings({ features: 784, latent: 20, hidden: [400] }),
    batch: 128,
  },
  deep: {
    title: '784-256-256-(20+20)-256-256-784, batch 128',
    settings: vaeSettings({ features: 784, latent: 20, hidden: [256, 256] }),
    batch: 128,
  },
  conv: {
    title: '28×28, 4×4 convolutions of 32 and 64 in steps of 2, 256-(16+16)-256, and back, batch 64',
    settings: vaeSettings({
      features: 784,
      latent: 16,
      network: { kind: 'conv', image: [28, 28], channels: [32, 64] },
      hidden: [256],
    }),
    batch: 64,
  },
} as const satisfies Record<string, Layout>;

export type LayoutName = keyof typeof layouts;

export const layoutNames = Object.keys(layouts) as LayoutName[];
