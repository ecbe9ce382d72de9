/** Convolutions of both directions: kernels of 4, in steps of 2, with 1 around: an axis of n becomes ⌊n/2⌋. */
export const halving = { kernel: 4, stride: 2, padding: 1 } as const;

type Size = readonly [height: number, width: number];

/** The sizes of an image before, between and after convolutions: [28, 28], [14, 14], [7, 7] for two. */
export function halvedSizes(image: Size, convolutions: number): Size[] {
  const sizes: Size[] = [image];
  for (let i = 0; i < convolutions; i++) {
    const [height, width] = sizes[i]!;
    sizes.push([Math.floor(height / 2), Math.floor(width / 2)]);
  }
  return sizes;
}
