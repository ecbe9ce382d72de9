import { atomic } from '../assembler/atomic.ts';
import { ModuleBuilder } from '../assembler/module-builder.ts';
import { i32, i64 } from '../assembler/scalar.ts';
import { control, slot } from './control.ts';

/**
 * The module that the caller and its workers meet with, on the words of control.ts at address `block`. A region is a
 * list of calls that the caller opens under a new epoch. Everyone claims calls one by one until none is left, and the
 * caller waits until all are done. Claiming replaces the region's epoch, so a worker that wakes up late claims nothing
 * of a region it has not seen: nobody waits for it, and a region can be opened while it looks around.
 */
export function poolModule(): Uint8Array {
  const module = new ModuleBuilder({ shared: true });

  /** Opens a region whose calls are in their slots, and wakes those who sleep. */
  const open = module.function('open', { block: 'i32', epoch: 'i32', calls: 'i32' }, 'none', (f, p) => {
    const at = f.let(p.block);
    const left = f.let(p.calls);
    f.repeat(left, () => {
      f.emit(atomic.store(at, p.epoch, control.slots + slot.claim));
      f.increment(at, slot.bytes);
    });
    f.emit(atomic.store(p.block, 0, control.done), atomic.store(p.block, p.calls, control.calls));
    f.emit(atomic.store(p.block, p.epoch, control.epoch));
    // Those who go to sleep count themselves first and then look at the epoch again, so none is missed.
    f.if(atomic.load(p.block, control.sleepers), () => {
      f.drop(atomic.notify(p.block, -1, control.epoch));
    });
    return undefined;
  });

  /**
   * The number of a call that is now the claimant's, or −1. Claimants begin to look at different places, the same
   * in every region, so that each works on memory that its caches know, unless another is late.
   */
  const claim = module.function(
    'claim',
    { block: 'i32', epoch: 'i32', thread: 'i32', threads: 'i32' },
    'i32',
    (f, p) => {
      const calls = f.let(atomic.load(p.block, control.calls));
      const candidate = f.let(i32.divU(i32.mul(p.thread, calls), p.threads));
      const left = f.let(calls);
      const at = f.local('i32');
      f.repeat(left, () => {
        f.set(at, i32.add(p.block, i32.mul(candidate, slot.bytes)));
        f.if(i32.eq(atomic.load(at, control.slots + slot.claim), p.epoch), () => {
          const found = atomic.compareExchange(at, p.epoch, 0, control.slots + slot.claim);
          f.if(i32.eq(found, p.epoch), () => f.return(candidate));
        });
        f.increment(candidate, 1);
        f.if(i32.geU(candidate, calls), () => f.set(candidate, 0));
      });
      return i32.const(-1);
    },
  );

  const finish = module.function('finish', { block: 'i32' }, 'none', (f, p) => {
    f.drop(atomic.add(p.block, 1, control.done));
    return undefined;
  });

  /** Waits until so many calls are done. Pages must not sleep on their main thread, so it never does. */
  const join = module.function('join', { block: 'i32', calls: 'i32' }, 'none', (f, p) => {
    f.while(
      () => i32.ne(atomic.load(p.block, control.done), p.calls),
      () => {},
    );
    return undefined;
  });

  /** Waits for another epoch than `seen` and returns it: looks `spins` times, then sleeps. */
  const next = module.function('next', { block: 'i32', seen: 'i32', spins: 'i32' }, 'i32', (f, p) => {
    const epoch = f.local('i32');
    f.repeat(p.spins, () => {
      f.set(epoch, atomic.load(p.block, control.epoch));
      f.if(i32.ne(epoch, p.seen), () => f.return(epoch));
    });
    f.drop(atomic.add(p.block, 1, control.sleepers));
    f.while(
      () => i32.eq(atomic.load(p.block, control.epoch), p.seen),
      () => {
        f.drop(atomic.wait(p.block, p.seen, i64.const(-1n), control.epoch));
      },
    );
    f.drop(atomic.sub(p.block, 1, control.sleepers));
    return atomic.load(p.block, control.epoch);
  });

  module.export(open, claim, finish, join, next);
  return module.build();
}
