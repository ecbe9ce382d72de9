import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { gunzip, isGzip } from '@reparam/vae';
import { systemErrorCode, UserError } from '../files/user-error.ts';
import { explainFormat } from './explain-format.ts';

/** Node reads no larger file at once. */
const maximumBytes = 2 ** 31 - 1;

/**
 * The contents of a file, unpacked when it is gzip.
 * @throws UserError when it is missing, unreadable, empty, too large, or broken gzip.
 */
export async function readDataFile(path: string): Promise<Uint8Array> {
  const { size } = await statOrExplain(path);
  if (size > maximumBytes) {
    throw new UserError(
      `"${path}" has ${(size / 2 ** 30).toFixed(1)} GiB, more than the 2 GiB that are read: give a part of it.`,
    );
  }
  const buffer = await explain(path, readFile(path));
  // A plain Uint8Array: slice means another thing to a Buffer, and decoders are written for the former.
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const contents = isGzip(bytes) ? await explainFormat(path, () => gunzip(bytes)) : bytes;
  if (contents.length === 0) throw new UserError(`"${path}" is empty: give a file with data in it.`);
  return contents;
}

/** @throws UserError when there is nothing at `path`, or it may not be read. */
export function statOrExplain(path: string): Promise<Stats> {
  return explain(path, stat(path));
}

async function explain<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new UserError(
        `There is no file or folder "${path}": check the path, or leave out --data to use the built-in digits.`,
        { cause: error },
      );
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw new UserError(
        `"${path}" may not be read: permission is denied; change its permissions or copy it.`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}
