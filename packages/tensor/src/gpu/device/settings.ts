import type { Kernel, NativeFunction } from '../kernel.ts';
import type { GpuMode } from '../mode.ts';
import { type Helper, sourceOf } from '../source/helper.ts';
import { helpersIn } from '../source/helpers.ts';

/** What gpu.js is told about a kernel. */
export function kernelSettings(kernel: Kernel, mode: GpuMode): Record<string, unknown> {
  const helpers = helpersIn(kernel.source);
  const isNative = ({ glsl }: Helper): boolean => mode === 'webgl2' && glsl !== undefined;
  return {
    output: [kernel.size],
    // gpu.js stops loops after 1000 rounds, in silence, unless told.
    loopMaxIterations: 1 << 24,
    precision: 'single',
    // GLSL wants functions declared before they are called, and gpu.js puts them in no such order.
    injectedNative: mode === 'webgl2' ? helpers.map(declaration).join('\n') : null,
    functions: helpers.filter((helper) => !isNative(helper)).map(translated),
    nativeFunctions: [
      ...helpers.filter(isNative).map(native),
      ...(kernel.glsl ? [handwritten(kernel.glsl)] : []),
    ],
  };
}

function translated(helper: Helper): Record<string, unknown> {
  const { name, parameters, type } = helper;
  return {
    source: sourceOf(helper),
    settings: { name, argumentTypes: parameters.map(() => type), returnType: type },
  };
}

function declaration({ name, parameters, type }: Helper): string {
  return `${glslTypes[type]} ${name}(${parameters.map(() => glslTypes[type]).join(', ')});`;
}

const glslTypes = { Integer: 'int', Float: 'float' } as const;

function native({ name, parameters, type, glsl }: Helper): Record<string, unknown> {
  const word = glslTypes[type];
  return {
    name,
    source: `${word} ${name}(${parameters.map((each) => `${word} ${each}`).join(', ')}) {\n${glsl}\n}`,
    argumentTypes: Object.fromEntries(parameters.map((each) => [each, type])),
    returnType: type,
  };
}

function handwritten({ name, parameters, source }: NativeFunction): Record<string, unknown> {
  return {
    name,
    source,
    argumentTypes: Object.fromEntries(parameters.map((each) => [each, 'Float'])),
    returnType: 'Float',
  };
}
