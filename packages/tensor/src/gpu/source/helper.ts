/**
 * A function that kernels may call, in the JavaScript that gpu.js translates. What a language has a better way for is
 * said in that language too.
 */
export interface Helper {
  readonly name: string;
  readonly parameters: readonly string[];
  /** Of all parameters and the result. */
  readonly type: 'Float' | 'Integer';
  /** Statements, the last a return. */
  readonly body: string;
  /** The body for webgpu mode; parameters are `user_…` there. */
  readonly wgsl?: string;
  /** The body for webgl2 mode. */
  readonly glsl?: string;
}

/** A function of floats in JavaScript alone. */
export function floatHelper(
  name: string,
  parameters: readonly string[],
  body: string,
  native: Pick<Helper, 'wgsl' | 'glsl'> = {},
): Helper {
  return { name, parameters, type: 'Float', body, ...native };
}

export function sourceOf({ name, parameters, body }: Helper): string {
  return `function ${name}(${parameters.join(', ')}) {\n${body}\n}`;
}
