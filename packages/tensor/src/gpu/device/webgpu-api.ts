/** The little of the WebGPU API that is used here, so that this package needs no types of it. */
export interface WebGpu {
  requestAdapter(): Promise<WebGpuAdapter | null>;
}

export interface WebGpuAdapter {
  readonly info?: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
  };
  readonly limits: WebGpuLimits;
  requestDevice(descriptor: { requiredLimits: Partial<WebGpuLimits> }): Promise<WebGpuDevice>;
}

export interface WebGpuLimits {
  readonly maxStorageBuffersPerShaderStage: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
  readonly maxComputeWorkgroupsPerDimension: number;
}

export interface WebGpuDevice {
  readonly limits: WebGpuLimits;
  readonly queue: {
    submit(commands: readonly unknown[]): void;
    writeBuffer(buffer: WebGpuBuffer, offset: number, data: Float32Array): void;
    onSubmittedWorkDone(): Promise<undefined>;
  };
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  onuncapturederror: ((event: { readonly error: { readonly message: string } }) => void) | null;
  createBuffer(descriptor: { size: number; usage: number; mappedAtCreation?: boolean }): WebGpuBuffer;
  createShaderModule(descriptor: { code: string }): unknown;
  createComputePipeline(descriptor: {
    layout: 'auto';
    compute: { module: unknown; entryPoint: string };
  }): WebGpuPipeline;
  createBindGroup(descriptor: {
    layout: unknown;
    entries: readonly { binding: number; resource: { buffer: WebGpuBuffer } }[];
  }): unknown;
  createCommandEncoder(): WebGpuEncoder;
  destroy(): void;
}

export interface WebGpuPipeline {
  getBindGroupLayout(index: number): unknown;
}

export interface WebGpuBuffer {
  readonly size: number;
  mapAsync(mode: number): Promise<undefined>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

export interface WebGpuEncoder {
  beginComputePass(): WebGpuPass;
  copyBufferToBuffer(
    from: WebGpuBuffer,
    fromOffset: number,
    to: WebGpuBuffer,
    toOffset: number,
    bytes: number,
  ): void;
  finish(): unknown;
}

export interface WebGpuPass {
  setPipeline(pipeline: WebGpuPipeline): void;
  setBindGroup(index: number, group: unknown): void;
  dispatchWorkgroups(x: number, y: number, z: number): void;
  end(): void;
}

/** GPUBufferUsage and GPUMapMode: the numbers of the specification. */
export const usage = { mapRead: 0x01, copySource: 0x04, copyTarget: 0x08, storage: 0x80 } as const;
export const mapModeRead = 0x01;
