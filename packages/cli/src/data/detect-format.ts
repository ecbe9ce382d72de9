import { UserError } from '../files/user-error.ts';

export type DataFormat = 'idx' | 'npy' | 'png' | 'csv';

export const understood =
  'an IDX file (plain or .gz), a .npy array, a .csv table, or a folder with an IDX pair or PNG images';

interface Signature {
  readonly bytes: readonly number[];
  readonly at?: number;
}

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

const signatures: readonly (Signature & { readonly format: DataFormat })[] = [
  { format: 'npy', bytes: [0x93, ...ascii('NUMPY')] },
  { format: 'png', bytes: [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a] },
  // The first two bytes of an IDX file are zero; whether the next two make sense is for its decoder to say.
  { format: 'idx', bytes: [0, 0] },
];

const endings: readonly (readonly [pattern: RegExp, format: DataFormat])[] = [
  [/\.(csv|tsv)$/i, 'csv'],
  [/\.npy$/i, 'npy'],
  [/idx\d/i, 'idx'],
];

/** Formats that people try, with the way from them to one that is read. */
const foreign: readonly (Signature & { readonly name: string; readonly wayOut: string })[] = [
  {
    bytes: ascii('PK\x03\x04'),
    name: 'a zip archive (.zip or .npz)',
    wayOut: 'unpack it, or save one array with numpy.save',
  },
  { bytes: [0xff, 0xd8, 0xff], name: 'a JPEG image', wayOut: 'give a folder of PNG images' },
  { bytes: ascii('GIF8'), name: 'a GIF image', wayOut: 'give a folder of PNG images' },
  { bytes: [0x89, ...ascii('HDF\r\n')], name: 'an HDF5 file', wayOut: 'save the array with numpy.save' },
  { bytes: ascii('PAR1'), name: 'a Parquet file', wayOut: 'export it as .csv or .npy' },
  { bytes: [0x80, 0x04, 0x95], name: 'a Python pickle', wayOut: 'save the array with numpy.save' },
  { bytes: ascii('ustar'), at: 257, name: 'a tar archive', wayOut: 'unpack it' },
];

/**
 * What a file holds: by its first bytes, or else by the ending of its name.
 * @throws UserError naming what is understood when it is none of that.
 */
export function detectFormat(bytes: Uint8Array, path: string): DataFormat {
  const signed = signatures.find((signature) => startsWith(bytes, signature));
  if (signed !== undefined) return signed.format;
  const name = path.replace(/\.gz$/i, '');
  const named = endings.find(([pattern]) => pattern.test(name));
  const other = foreign.find((signature) => startsWith(bytes, signature));
  if (named !== undefined && other === undefined) return named[1];
  throw new UserError(
    other === undefined
      ? `"${path}" is in no format that is read here: give ${understood}.`
      : `"${path}" is ${other.name}, which is not read here: ${other.wayOut}.`,
  );
}

function startsWith(bytes: Uint8Array, { bytes: expected, at = 0 }: Signature): boolean {
  return expected.every((byte, i) => bytes[at + i] === byte);
}
