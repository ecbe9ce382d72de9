import { wasmAvailable } from '@reparam/tensor';
import { describeBackends } from '@reparam/tensor/gpu';

/** Prints what can compute here, and what each that cannot is missing. */
export async function printBackends(): Promise<void> {
  const rows: (readonly [name: string, what: string])[] = [
    [
      'wasm',
      wasmAvailable()
        ? 'WebAssembly SIMD kernels on the CPU; what is used unless told'
        : 'not here: this engine has no WebAssembly SIMD',
    ],
    ['reference', 'plain loops on the CPU, in double precision inside'],
  ];
  for (const backend of await describeBackends()) {
    rows.push([backend.mode, backend.available ? backend.device : `not here: ${backend.missing}`]);
  }
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, what] of rows) console.log(`${name.padEnd(width)}  ${what}`);
}
