/**
 * What runs on a device: one thread for each element of the result, which reads any elements of its operands. All
 * arrays are float32 and one-dimensional; what is fixed, such as lengths and strides, is written into the source.
 */
export interface Kernel {
  /** For messages and benchmarks. */
  readonly name: string;
  /** A kernel function of gpu.js, whose arguments are the operands: `function (a, b) { return … }`. */
  readonly source: string;
  /** Elements of the result. */
  readonly size: number;
  /** How many arrays it reads. */
  readonly operands: number;
  /** Written by hand for webgpu mode, in place of `source`. */
  readonly wgsl?: HandwrittenShader;
  /** A function that `source` calls, written by hand for webgl2 mode: of floats, to a float. */
  readonly glsl?: NativeFunction;
}

export interface NativeFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  /** Its definition, and those of what it calls. */
  readonly source: string;
}

/**
 * A whole WGSL module with the entry point `main`. Operands are bound to 0, 1, … of group 0 as read-only arrays of
 * float32, the result after them.
 */
export interface HandwrittenShader {
  readonly code: string;
  readonly workgroups: readonly [x: number, y: number, z: number];
}

/** `a`, `b`, … for the operands of a kernel. */
export function operandName(index: number): string {
  return `operand${index}`;
}

/** The head of a kernel function with so many operands. */
export function kernelFunction(operands: number, body: string): string {
  const names = Array.from({ length: operands }, (_, i) => operandName(i)).join(', ');
  return `function (${names}) {\n${body}\n}`;
}
