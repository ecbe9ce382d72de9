/**
 * The little of gpu.js 2.24.1 that is used here, typed by hand, so that this package neither needs gpu.js to be
 * installed nor hands its types on.
 */
export interface GpuJs {
  readonly GPU: new (settings: GpuJsSettings) => GpuJsInstance;
}

export interface GpuJsSettings {
  readonly mode: string;
}

export interface GpuJsInstance {
  /** The class of kernels of its mode. */
  readonly Kernel: unknown;
  /** What webgl2 mode draws with, once it has a kernel. */
  readonly context: { finish(): void } | null;
  createKernel(source: string, settings: Readonly<Record<string, unknown>>): GpuJsKernel;
  destroy(): Promise<void>;
}

/** A kernel that can be called, and behind it the one of the mode that it runs in. */
export interface GpuJsKernel {
  (...args: readonly unknown[]): unknown;
  readonly kernel: GpuJsModeKernel;
  readonly fallbackReason?: string | null;
  destroy(removeCanvasReferences?: boolean): void;
}

export interface GpuJsModeKernel {
  readonly constructor: { readonly mode: string };
  /** Puts the shader of webgpu mode together; may be replaced on one kernel before its first call. */
  assembleWGSL(): string;
  /** What webgpu mode does after translating; may be replaced likewise. */
  _buildAsync(): Promise<void>;
  build(...args: readonly unknown[]): unknown;
  readonly translatedBody: string;
  readonly translatedFunctions: string;
  readonly compiledSource: string;
}

/** Elements that stay on the device in webgl2 mode. */
export interface GpuJsTexture {
  toArray(): Float32Array;
  delete(): void;
}

/** gpu.js, or undefined where it is not installed. */
export async function importGpuJs(): Promise<GpuJs | undefined> {
  let module: { readonly default?: GpuJs } & Partial<GpuJs>;
  try {
    module = (await import('gpu.js')) as unknown as typeof module;
  } catch {
    return undefined;
  }
  // CommonJS: where the names of its exports are not found, they are those of the default export.
  return module.GPU === undefined ? module.default : (module as GpuJs);
}
