import { RandomKey } from '../random/key.ts';
import { recordedReadError } from './recorded-read-error.ts';

/** A key as a function of the keys that a run is given. */
export type KeyDerivation = (given: readonly RandomKey[]) => RandomKey;

/** A key that is known when the program runs. What is split off or folded in is recorded with it. */
export class RecordedKey extends RandomKey {
  readonly derivation: KeyDerivation;

  constructor(derivation: KeyDerivation) {
    super([0, 0]);
    this.derivation = derivation;
  }

  override get words(): readonly [number, number] {
    throw recordedReadError('the words of a random key');
  }

  protected override derive(use: 'split' | 'foldIn', block: number): RandomKey {
    return new RecordedKey((given) => {
      const key = this.derivation(given);
      return use === 'foldIn' ? key.foldIn(block) : key.split(block + 1)[block]!;
    });
  }
}
