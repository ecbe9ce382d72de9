/** The layout of encoder and decoder, which mirror each other. */
export type NetworkSettings =
  /** Dense layers alone. */
  | { readonly kind: 'mlp' }
  /** Convolutions of 4×4 in steps of 2, which halve the image, then the dense layers. */
  | {
      readonly kind: 'conv';
      /** Height and width; an example is the rows of such an image. */
      readonly image: readonly [number, number];
      /** Of each convolution, from the image inwards. */
      readonly channels: readonly number[];
    };

export const networkKinds = ['mlp', 'conv'] as const satisfies readonly NetworkSettings['kind'][];
