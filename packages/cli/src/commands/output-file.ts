import { extname } from 'node:path';
import { encodeNpy, type Tensor } from '@reparam/tensor';
import { UserError } from '../files/user-error.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';

/** @throws UserError unless the name ends in .png or .npy, before any work is done. */
export function requireOutputName(path: string): void {
  if (['.png', '.npy'].includes(extname(path).toLowerCase())) return;
  throw new UserError(
    `--out is "${path}", but what is written is a picture or an array: let the name end in .png or .npy.`,
  );
}

/** Writes examples as numbers when the name ends in .npy, else as the picture that `draw` makes of them. */
export async function writeExamples(path: string, examples: Tensor, draw: () => Uint8Array): Promise<void> {
  const asNumbers = extname(path).toLowerCase() === '.npy';
  await writeFileAtomically(path, asNumbers ? encodeNpy(examples) : draw());
}
