import { Tensor } from '../tensor.ts';
import type { DeviceStorage } from './device-storage.ts';

/** Which tensors were computed in which scope, and are to be given back at its end. */
export class Scopes {
  readonly #open: Set<DeviceStorage>[] = [];

  note(storage: DeviceStorage): void {
    this.#open.at(-1)?.add(storage);
  }

  keep(x: Tensor): void {
    for (const scope of this.#open) scope.delete(x.elements as DeviceStorage);
  }

  run<T>(fn: () => T): T {
    const scope = new Set<DeviceStorage>();
    this.#open.push(scope);
    let outlives: Set<unknown> | undefined;
    try {
      const result = fn();
      outlives = elementsIn(result);
      return result;
    } finally {
      this.#open.pop();
      for (const storage of scope) {
        // What outlives this scope belongs to the one around it.
        if (outlives?.has(storage)) this.note(storage);
        else storage.release();
      }
    }
  }
}

function elementsIn(result: unknown, found = new Set<unknown>()): Set<unknown> {
  if (result instanceof Tensor) found.add(result.elements);
  else if (typeof result === 'object' && result !== null) {
    for (const each of Object.values(result)) elementsIn(each, found);
  }
  return found;
}
