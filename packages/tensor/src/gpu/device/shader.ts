import type { HandwrittenShader, Kernel } from '../kernel.ts';
import { operandName } from '../kernel.ts';
import type { GpuJsInstance } from '../library.ts';
import { helpersIn } from '../source/helpers.ts';
import { kernelSettings } from './settings.ts';

/** Threads of a workgroup of translated kernels. */
const groupSize = 64;

/**
 * The WGSL of a kernel: its function as gpu.js translates it, in a module of our own, since gpu.js takes lengths and
 * the like from a buffer for every call where ours are fixed.
 */
export function shaderOf(kernel: Kernel, gpu: GpuJsInstance, mostGroups: number): HandwrittenShader {
  if (kernel.wgsl) return kernel.wgsl;
  const groups = Math.ceil(kernel.size / groupSize);
  const [rows, columns] = [Math.ceil(groups / mostGroups), Math.min(groups, mostGroups)];
  const { functions, body } = translate(kernel, gpu);
  const bindings = Array.from({ length: kernel.operands }, (_, i) => {
    const name = `user_${operandName(i)}`;
    return (
      `@group(0) @binding(${i}) var<storage, read> ${name} : array<f32>;\n` +
      `fn get_${name}(z : i32, y : i32, x : i32) -> f32 { return ${name}[x]; }`
    );
  });
  const code = `${bindings.join('\n')}
@group(0) @binding(${kernel.operands}) var<storage, read_write> result : array<f32>;
var<private> threadGid : vec3<u32>;
const LOOP_MAX : i32 = 2147483647;
${functions}
@compute @workgroup_size(${groupSize})
fn main(@builtin(global_invocation_id) gid : vec3<u32>) {
  let data_index : u32 = gid.x + gid.y * ${columns * groupSize}u;
  threadGid = vec3<u32>(data_index, 0u, gid.z);
  if (data_index >= ${kernel.size}u) { return; }
${body}
}`;
  return { code, workgroups: [columns, rows, 1] };
}

function translate(kernel: Kernel, gpu: GpuJsInstance): { functions: string; body: string } {
  const compiled = gpu.createKernel(kernel.source, kernelSettings(kernel, 'webgpu'));
  const translator = compiled.kernel;
  // Translating is all that is wanted of it: no device, and no shader of its own.
  translator.assembleWGSL = () => '';
  translator._buildAsync = () => Promise.resolve();
  translator.build(...Array.from({ length: kernel.operands }, () => new Float32Array(1)));
  const functions = helpersIn(kernel.source).reduce(
    (text, { name, wgsl }) => (wgsl === undefined ? text : replaceBody(text, name, wgsl)),
    translator.translatedFunctions,
  );
  const body = translator.translatedBody;
  compiled.destroy();
  return { functions, body };
}

function replaceBody(functions: string, name: string, body: string): string {
  return functions.replace(
    new RegExp(`(fn fn_${name}\\([^)]*\\) -> \\w+ \\{)[\\s\\S]*?\\n\\}`),
    (_, head: string) => `${head}\n${body}\n}`,
  );
}
