import { Module, ModuleBuffer } from '@reparam/nn';
import { RandomKey } from '@reparam/tensor';

/** Fresh keys one after the other, where the caller has none to give. Where it stands is saved with the module. */
export class KeyStream extends Module {
  /** int32 [2] */
  readonly position: ModuleBuffer;

  constructor(key: RandomKey) {
    super();
    this.position = new ModuleBuffer(key.toTensor(), 'position');
  }

  next(): RandomKey {
    const [key, rest] = RandomKey.fromTensor(this.position.value).split(2) as [RandomKey, RandomKey];
    this.position.assign(rest.toTensor());
    return key;
  }
}
