import { GpuUnavailableError } from '../errors.ts';
import type { GpuJs } from '../library.ts';
import { TextureKernels } from './textures.ts';

/** WebGL2 on a canvas that nobody sees. @throws GpuUnavailableError */
export async function startWebGl2(library: GpuJs): Promise<TextureKernels> {
  const { OffscreenCanvas: Canvas } = globalThis as {
    OffscreenCanvas?: new (
      width: number,
      height: number,
    ) => { getContext(kind: string): WebGl2Context | null };
  };
  const context = Canvas ? new Canvas(1, 1).getContext('webgl2') : null;
  if (context === null) {
    throw new GpuUnavailableError(
      'webgl2',
      Canvas
        ? "this browser gives no WebGL2 context here. Try mode: 'webgpu', or 'webasm', which needs no GPU."
        : "only browsers have WebGL2. In Node use mode: 'webgpu', or 'webasm', which needs no GPU.",
    );
  }
  if (context.getExtension('EXT_color_buffer_float') === null) {
    throw new GpuUnavailableError(
      'webgl2',
      'WebGL2 is there, but cannot write float32 (EXT_color_buffer_float), which kernels need.',
    );
  }
  const named = context.getExtension('WEBGL_debug_renderer_info');
  const name = named === null ? context.RENDERER : named.UNMASKED_RENDERER_WEBGL;
  const description = String(context.getParameter(name));
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return new TextureKernels(new library.GPU({ mode: 'webgl2' }), description);
}

interface WebGl2Context {
  readonly RENDERER: number;
  getParameter(name: number): unknown;
  getExtension(name: 'EXT_color_buffer_float'): object | null;
  getExtension(name: 'WEBGL_debug_renderer_info'): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getExtension(name: 'WEBGL_lose_context'): { loseContext(): void } | null;
}
