import type { FunctionBuilder } from '../assembler/function-builder.ts';
import { ModuleBuilder } from '../assembler/module-builder.ts';
import type { Local } from '../assembler/value.ts';
import { LaneMath, type RoundingOptions } from '../math/lane-math.ts';
import { writeColumnMajor } from './column-major.ts';
import { writeCombine } from './combine.ts';
import { analyse, type Formulas } from './formulas.ts';
import type { KernelParts } from './kernel-parts.ts';
import { writeRowMajor } from './row-major.ts';
import { leavesPartials, type MapSpec, reducesOver } from './spec.ts';

export interface KernelModuleOptions extends RoundingOptions {
  /** Whether the memory that the module works on is shared. */
  readonly shared: boolean;
}

/**
 * The bytes of a module with the function `map` of one kernel, and the `combine` functions its reductions need.
 * The arguments of `map` are the numbers of rows and columns, then for each input its address, row stride and, if
 * 'strided', column stride; then for each output its address and, unless a single row of float64 is left there, its
 * row stride. Addresses and strides are in bytes.
 */
export function kernelModule(spec: MapSpec, { shared, ...rounding }: KernelModuleOptions): Uint8Array {
  const module = new ModuleBuilder({ shared });
  const map = module.function('map', signature(spec), 'none', (f, parameters) => {
    const parts = kernelParts(spec, new LaneMath(module, f, rounding), f, parameters);
    if (reducesOver(spec, 'rows')) writeColumnMajor(parts);
    else writeRowMajor(parts);
    return undefined;
  });
  module.export(map);
  for (const kind of new Set(spec.outputs.filter(leavesPartials).map((output) => output.kind))) {
    writeCombine(module, kind);
  }
  return module.build();
}

function signature({ inputs, outputs }: MapSpec): Record<string, 'i32'> {
  const names = ['rows', 'columns'];
  inputs.forEach((mode, k) => {
    names.push(`input${k}`, `input${k}Row`);
    if (mode === 'strided') names.push(`input${k}Column`);
  });
  outputs.forEach((output, k) => {
    names.push(`output${k}`);
    if (!leavesPartials(output)) names.push(`output${k}Row`);
  });
  return Object.fromEntries(names.map((name) => [name, 'i32']));
}

function kernelParts(
  spec: MapSpec,
  m: LaneMath,
  f: FunctionBuilder,
  parameters: Readonly<Record<string, Local<'i32'>>>,
): KernelParts {
  const formulas = analyse(spec);
  const outputs = spec.outputs.map((output, k) => ({
    output,
    start: parameters[`output${k}`]!,
    rowStride: parameters[`output${k}Row`],
  }));
  return {
    m,
    formulas,
    rows: parameters.rows!,
    columns: parameters.columns!,
    inputs: formulas.inputs.map((index) => ({
      index,
      mode: spec.inputs[index]!,
      start: parameters[`input${index}`]!,
      rowStride: parameters[`input${index}Row`]!,
      columnStride: parameters[`input${index}Column`],
      pointer: f.local('i32'),
    })),
    stores: outputs.flatMap(({ output, start, rowStride }) =>
      output.kind === 'store' ? [{ ...output, start, rowStride: rowStride!, pointer: f.local('i32') }] : [],
    ),
    reductions: outputs.flatMap(({ output, start, rowStride }) =>
      output.kind === 'store' ? [] : [{ ...output, start, rowStride }],
    ),
    unroll: unrollOf(formulas),
  };
}

/** Short formulas are computed for four vectors at a time, since the loop itself would cost as much. */
function unrollOf({ ofElement }: Formulas): number {
  return ofElement.length <= 8 ? 4 : 2;
}
