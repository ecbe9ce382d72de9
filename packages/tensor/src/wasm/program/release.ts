import type { KernelMemory } from '../memory.ts';
import type { ScratchRegion } from './work-memory.ts';

interface Held {
  readonly memory: KernelMemory;
  readonly arena: number;
  readonly scratch: ScratchRegion;
}

const registry = new FinalizationRegistry<Held>(({ memory, arena, scratch }) => {
  memory.free(arena);
  scratch.giveBack();
});

/** Gives the memory of a program back some time after nothing holds it any more. */
export function releaseLater(
  owner: object,
  memory: KernelMemory,
  arena: number,
  scratch: ScratchRegion,
): void {
  registry.register(owner, { memory, arena, scratch });
}
