import { isContiguous } from '../../layout.ts';
import type { Value, View } from '../../program/program.ts';
import { contiguousStrides, sizeOf } from '../../shape.ts';
import type { Kernels } from '../kernels.ts';
import type { KernelCall } from '../threads/kernel-library.ts';

/**
 * What a program does at one point of a run. The calls of a step write to memory of their own, so they may run at the
 * same time; `host` steps run on the main thread, for what there is no kernel.
 */
export type Step =
  | { readonly kind: 'kernels'; readonly calls: readonly KernelCall[] }
  | { readonly kind: 'host'; readonly run: () => void };

/** What turns instructions into steps. */
export interface Lowering {
  readonly kernels: Kernels;
  addressOf(value: Value): number;
  /** Memory that is used within one instruction. */
  scratch(bytes: number): number;
}

/** Where the elements of a view lie. */
export interface Placed {
  readonly address: number;
  /** In elements. */
  readonly strides: readonly number[];
}

export function kernelStep(calls: readonly KernelCall[]): Step[] {
  return calls.length === 0 ? [] : [{ kind: 'kernels', calls }];
}

export function bytesPerElement({ dtype }: Value): 4 | 8 {
  return dtype === 'float64' ? 8 : 4;
}

export function place({ addressOf }: Lowering, { value, strides, offset }: View): Placed {
  return { address: addressOf(value) + offset * bytesPerElement(value), strides };
}

/** A view whose elements lie in row-major order, which is a copy where its own do not. */
export function placeContiguous(lowering: Lowering, view: View): { placed: Placed; steps: Step[] } {
  const placed = place(lowering, view);
  if (isContiguous(view)) return { placed, steps: [] };
  const { kernels, scratch } = lowering;
  const bytes = bytesPerElement(view.value);
  const copy: Placed = {
    address: scratch(sizeOf(view.shape) * bytes),
    strides: contiguousStrides(view.shape),
  };
  const calls = kernels.copy.copy(view.shape, placed, copy, bytes, kernels.runner.threads);
  return { placed: copy, steps: kernelStep(calls) };
}
