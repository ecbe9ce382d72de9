import { expect, test, vi } from 'vitest';
import { onInterrupt } from './interrupt.ts';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s asks to stop, a second one stops at once', (signal, code) => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  const before = process.listenerCount(signal);
  const interrupt = onInterrupt();
  expect([interrupt.requested, interrupt.exitCode]).toEqual([false, 0]);
  process.emit(signal, signal);
  expect([interrupt.requested, interrupt.exitCode]).toEqual([true, code]);
  expect(exit).not.toHaveBeenCalled();
  process.emit(signal, signal);
  expect(exit).toHaveBeenCalledWith(code);
  interrupt.dispose();
  expect(process.listenerCount(signal)).toBe(before);
  exit.mockRestore();
});
