import { ReparamError } from '@reparam/tensor';
import { UserError } from '../files/user-error.ts';

/**
 * Runs a decoder of the libraries; what it has against the bytes becomes a sentence about the file.
 * @throws UserError naming `path` in place of the library's error.
 */
export async function explainFormat<T>(path: string, decode: () => T | Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    if (!(error instanceof ReparamError)) throw error;
    throw new UserError(`"${path}" cannot be read: ${withoutOperation(error)}`, { cause: error });
  }
}

/** The message of a library's error for a person who has never heard of the function that threw it. */
export function withoutOperation({ message, operation }: ReparamError): string {
  return message.slice(`${operation}: `.length);
}
