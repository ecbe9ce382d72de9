import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemErrorCode, UserError } from './user-error.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist; create it first',
  ENOTDIR: 'a part of its path is a file, not a folder; choose another place',
  EISDIR: 'a folder of that name is in the way; choose another name',
  EACCES: 'permission is denied; choose a folder that you may write to',
  EPERM: 'permission is denied; choose a folder that you may write to',
  EROFS: 'the file system is read-only; choose another place',
  ENOSPC: 'the disk is full; free some space',
};

/**
 * Writes the whole file or nothing: into a temporary file in the same folder (a rename across file systems would not
 * be atomic), flushed to the disk, then renamed over `path`. A reader, or a crash at any moment, sees the
 * old contents or the new, never a part; after a failure the temporary file is gone and the old contents stand.
 * @throws UserError when the place cannot be written, with the reason.
 */
export async function writeFileAtomically(path: string, contents: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(contents);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const reason = reasons[systemErrorCode(error) ?? ''];
    if (reason === undefined) throw error;
    throw new UserError(`Cannot write "${path}": ${reason}.`, { cause: error });
  }
  await syncFolder(folder);
}

/** Makes the rename itself last through a power cut, where the platform lets folders be synced (Windows does not). */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const refused = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'EBADF', 'ENOTSUP'];
    if (!refused.includes(systemErrorCode(error) ?? '')) throw error;
  }
}
