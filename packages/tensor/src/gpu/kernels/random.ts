import type { RandomKind } from '../../backend/backend.ts';
import { counterOf } from '../../random/counter.ts';
import { type Kernel, kernelFunction } from '../kernel.ts';
import { type Language, randomFunctions } from './random-text.ts';

/** Threads of a workgroup. */
const groupSize = 64;
/** Workgroups along one axis, below what every device has. */
const mostGroups = 32768;

/**
 * Uniforms with the bits of the CPU, or normals that differ from its own by the rounding of float32. Operand 0 is the
 * key, see {@link keyHalves}. Threefry needs whole numbers of 32 bits, which gpu.js does not have, so this is written
 * in the language of the device; only webgpu and webgl2 modes have it.
 */
export function randomKernel(kind: RandomKind, size: number): Kernel {
  const [, use] = counterOf(kind, 0);
  const function_ = kind === 'uniform' ? 'drawUniform' : 'drawNormal';
  const key = 'operand0[0], operand0[1], operand0[2], operand0[3]';
  return {
    name: `random ${kind}`,
    source: kernelFunction(1, `return ${function_}(this.thread.x, ${key});`),
    size,
    operands: 1,
    wgsl: wgsl(function_, size, use),
    glsl: {
      name: function_,
      parameters: ['number', 'low0', 'high0', 'low1', 'high1'],
      source: randomFunctions('glsl', use),
    },
  };
}

function wgsl(function_: string, size: number, use: number) {
  const language: Language = 'wgsl';
  const groups = Math.ceil(size / groupSize);
  const [columns, rows] = [Math.min(groups, mostGroups), Math.ceil(groups / mostGroups)];
  const code = `@group(0) @binding(0) var<storage, read> key : array<f32>;
@group(0) @binding(1) var<storage, read_write> result : array<f32>;
${randomFunctions(language, use)}
@compute @workgroup_size(${groupSize})
fn main(@builtin(global_invocation_id) gid : vec3<u32>) {
  let number = gid.x + gid.y * ${columns * groupSize}u;
  if (number >= ${size}u) { return; }
  result[number] = ${function_}(number, key[0], key[1], key[2], key[3]);
}`;
  return { code, workgroups: [columns, rows, 1] as const };
}

/** A key as floats: the low and the high half of each word, since float32 cannot hold the whole. */
export function keyHalves(words: readonly [number, number]): Float32Array {
  return Float32Array.from(words.flatMap((word) => [word & 0xffff, word >>> 16]));
}
