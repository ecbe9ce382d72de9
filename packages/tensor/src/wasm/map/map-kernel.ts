import type { RoundingOptions } from '../math/lane-math.ts';
import { type Kernel, type KernelCall, type KernelLibrary, runCalls } from '../threads/kernel-library.ts';
import { combineName } from './combine.ts';
import { kernelModule } from './kernel-module.ts';
import {
  checkSpec,
  leavesPartials,
  type MapOutput,
  type MapReduction,
  type MapSpec,
  specKey,
} from './spec.ts';
import { type PartialLayout, partialLayout, type Tiling, tilingOf } from './tiles.ts';

/** Where an operand lies, in bytes: its first element, and the steps to the next row and column. */
export interface MapOperand {
  readonly address: number;
  /** 0 repeats one row. Not looked at for what is reduced over rows or over everything. */
  readonly rowStride: number;
  /** Of 'strided' inputs alone. */
  readonly columnStride?: number;
}

/** Calls that may run in any order and at the same time, after those of the phases before. */
export type Phase = readonly KernelCall[];

/** What one output leaves in the workspace. */
interface Partials extends PartialLayout {
  readonly address: number;
}

/** A fused elementwise kernel, compiled for one memory. */
export class MapKernel {
  readonly spec: MapSpec;
  readonly #map: Kernel;
  readonly #combine: ReadonlyMap<MapReduction, Kernel>;

  /** Use {@link mapKernel}, which checks what it is given and compiles a kernel once. */
  constructor(library: KernelLibrary, spec: MapSpec, rounding: RoundingOptions) {
    this.spec = spec;
    const kinds = [...new Set(spec.outputs.filter(leavesPartials).map(({ kind }) => kind))];
    const bytes = kernelModule(spec, { ...rounding, shared: library.memory.shared });
    const kernels = library.add<string>(bytes, ['map', ...kinds.map(combineName)]);
    this.#map = kernels.map!;
    this.#combine = new Map(kinds.map((kind) => [kind, kernels[combineName(kind)]!]));
  }

  /** The bytes of memory that {@link plan} needs besides inputs and outputs. */
  workspaceBytes(rows: number, columns: number): number {
    return this.#placePartials(tilingOf(this.spec, rows, columns), columns, 0).bytes;
  }

  /**
   * What to call so that the outputs for `rows`×`columns` positions are written. An output may be an input that has
   * its strides; other overlaps of what is read and what is written are not allowed. `workspace` is the address of
   * {@link workspaceBytes} bytes.
   */
  plan(
    rows: number,
    columns: number,
    inputs: readonly MapOperand[],
    outputs: readonly MapOperand[],
    workspace: number,
  ): readonly Phase[] {
    const tiling = tilingOf(this.spec, rows, columns);
    const { partials } = this.#placePartials(tiling, columns, workspace);
    const tiles: KernelCall[] = [];
    for (let i = 0; i < tiling.down; i++) {
      for (let j = 0; j < tiling.across; j++) {
        const [row, column] = [i * tiling.tileRows, j * tiling.tileColumns];
        const args = [Math.min(tiling.tileRows, rows - row), Math.min(tiling.tileColumns, columns - column)];
        this.#pushInputs(args, inputs, row, column);
        this.spec.outputs.forEach((output, k) => {
          const { address, rowStride } = outputs[k]!;
          const partial = partials.get(output);
          if (partial !== undefined) args.push(partial.address + partial.offsetOf(i, j));
          else args.push(address + row * rowStride + (output.kind === 'store' ? 4 * column : 0), rowStride);
        });
        tiles.push({ kernel: this.#map, args });
      }
    }
    const combines: KernelCall[] = [];
    this.spec.outputs.forEach((output, k) => {
      const partial = partials.get(output);
      if (partial === undefined || output.kind === 'store') return;
      const { count, width, address, stride } = partial;
      const args = [count, width, address, stride, outputs[k]!.address];
      combines.push({ kernel: this.#combine.get(output.kind)!, args });
    });
    return combines.length > 0 ? [tiles, combines] : [tiles];
  }

  /** Carries out {@link plan} on this thread. */
  run(...args: Parameters<MapKernel['plan']>): void {
    for (const phase of this.plan(...args)) runCalls(phase);
  }

  #pushInputs(args: number[], inputs: readonly MapOperand[], row: number, column: number): void {
    this.spec.inputs.forEach((mode, k) => {
      const { address, rowStride, columnStride = 4 } = inputs[k]!;
      const along = mode === 'scalar' ? 0 : column * columnStride;
      args.push(address + row * rowStride + along, rowStride);
      if (mode === 'strided') args.push(columnStride);
    });
  }

  #placePartials(
    tiling: Tiling,
    columns: number,
    workspace: number,
  ): { partials: ReadonlyMap<MapOutput, Partials>; bytes: number } {
    const partials = new Map<MapOutput, Partials>();
    let bytes = 0;
    for (const output of this.spec.outputs.filter(leavesPartials)) {
      const layout = partialLayout(output.over, tiling, columns);
      partials.set(output, { ...layout, address: workspace + bytes });
      bytes += layout.count * layout.stride;
    }
    return { partials, bytes };
  }
}

const kernels = new WeakMap<KernelLibrary, Map<string, MapKernel>>();

/**
 * The kernel of a specification, made when it is first asked for. `fused` allows multiply-add instructions, which
 * need relaxed SIMD and round as the machine likes; without it results have the same bits everywhere.
 * @throws ArgumentError for what cannot be one kernel: see {@link checkSpec}.
 */
export function mapKernel(library: KernelLibrary, spec: MapSpec, options: RoundingOptions): MapKernel {
  let byKey = kernels.get(library);
  if (byKey === undefined) {
    byKey = new Map();
    kernels.set(library, byKey);
  }
  const key = `${options.fused} ${options.steady ?? false} ${specKey(spec)}`;
  let kernel = byKey.get(key);
  if (kernel === undefined) {
    checkSpec(spec);
    kernel = new MapKernel(library, spec, options);
    byKey.set(key, kernel);
  }
  return kernel;
}
