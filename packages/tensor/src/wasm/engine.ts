import { ReparamError } from '../errors.ts';

/**
 * The part of the WebAssembly JavaScript interface that this package uses, typed here because the package is
 * written for engines, not for pages: its compiler options know no DOM.
 */
interface WebAssemblyEngine {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: { env: { memory: WasmMemory } },
  ) => { readonly exports: Readonly<Record<string, KernelFunction>> };
  readonly Memory: new (descriptor: { initial: number; maximum?: number; shared?: boolean }) => WasmMemory;
}

declare const compiled: unique symbol;

/** A compiled module. It can be posted to a worker, which makes its own instance. */
export interface WasmModule {
  readonly [compiled]: true;
}

export interface WasmMemory {
  /** Replaced when the memory grows; what an unshared memory had before is detached then. */
  readonly buffer: ArrayBufferLike;
  /** Adds pages of 64 KiB; returns how many there were. */
  grow(pages: number): number;
}

/** An exported kernel. Addresses and sizes are i32; a JavaScript number above 2³¹ wraps to the right bits. */
export type KernelFunction = (...args: number[]) => number;

/** Absent where an engine has no WebAssembly, or has it switched off. */
export const engine = (globalThis as { WebAssembly?: unknown }).WebAssembly as WebAssemblyEngine | undefined;

function requiredEngine(): WebAssemblyEngine {
  if (engine === undefined) {
    throw new ReparamError('wasm', 'this engine has no WebAssembly. Use the reference backend');
  }
  return engine;
}

/** Compiles the bytes of a module, synchronously. Throws a {@link ReparamError} without WebAssembly. */
export function compile(bytes: Uint8Array): WasmModule {
  return new (requiredEngine().Module)(bytes);
}

/** The exports of a new instance of `module`, which works on `memory`. */
export function instantiate(
  module: WasmModule,
  memory: WasmMemory,
): Readonly<Record<string, KernelFunction>> {
  return new (requiredEngine().Instance)(module, { env: { memory } }).exports;
}

/** A memory of `pages` pages of 64 KiB; a shared one needs a maximum. */
export function createMemory(
  pages: number,
  options: { maximum?: number; shared?: boolean } = {},
): WasmMemory {
  return new (requiredEngine().Memory)({ initial: pages, ...options });
}
