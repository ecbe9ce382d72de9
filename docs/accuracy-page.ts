import { vectorFunctions } from '../packages/tensor/src/wasm/math/table.ts';

/** The worst error of each kernel, as the page shows it, by the kernel's name. */
export type KernelErrors = ReadonlyMap<
  string,
  { readonly deterministic: string; readonly otherwise: string }
>;

/** What is promised of kernels that are no functions of single numbers. */
export const kernelPromises = {
  matmul: 'n',
  'sum of rows': '1; 7.5 where it is not deterministic',
  'sum of columns': '1; 7.5 where it is not deterministic',
  'sum of everything': '1; 7.5 where it is not deterministic',
  'product of rows': '0.51 units in the last place',
  'maximum and minimum': 'same bits',
  'random uniform': 'same bits',
  'random normal': 'same bits',
  'copies of views': 'same bits',
  gather: 'same bits',
  scatterAdd: 'same bits',
} as const;

export type KernelName = keyof typeof kernelPromises;

/** The reference page of how exact kernels are, from the table of functions and what was measured. */
export function renderAccuracy(functions: KernelErrors, kernels: KernelErrors): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = (title: string, promises: readonly (readonly [string, string])[], errors: KernelErrors) =>
    [
      row([title, 'promised', 'measured, deterministic', 'measured, otherwise']),
      row(['---', '---:', '---:', '---:']),
      ...promises.map(([name, promise]) => {
        const found = errors.get(name);
        return row([`\`${name}\``, promise, found?.deterministic ?? '', found?.otherwise ?? '']);
      }),
    ].join('\n');
  const bounds = Object.entries(vectorFunctions).map(([name, { ulp }]) => [name, String(ulp)] as const);
  return [
    '# Accuracy of kernels',
    '',
    'Made by `npm run docs` from the table of vector functions (`packages/tensor/src/wasm/math/table.ts`); the same',
    'bounds are tested. Errors are in units in the last place of the exact result as a float32 (2⁻¹⁴⁹ where it is',
    'denormal): the nearest float32 is within 0.5.',
    '',
    '- The reference backend computes every function in float64 and rounds once: 0.5 for all of them. Its sums,',
    '  products and matrix products are accumulated in float64.',
    '- The wasm backend has two ways to round. With `new WasmBackend({ deterministic: true })`, products are rounded',
    '  before they are added, sums are made in float64 throughout, and results have the same bits on every machine.',
    '  Without it, multiply-adds are fused where the engine has relaxed SIMD (not in Node 20), sums begin with a few',
    '  additions in float32, and the last bits depend on the machine.',
    '- NaN, infinities, zeros and their signs are what `Math` gives, of every function.',
    '',
    '## Functions',
    '',
    'Functions of one argument at 2²¹ arguments of all magnitudes and both signs; others at 2¹⁹, moderate and extreme',
    'ones. Errors are rounded up.',
    '',
    table('function', bounds, functions),
    '',
    '`lgamma`, `digamma` and `polygamma` have no vector form and run on the reference backend.',
    '',
    '## Other kernels',
    '',
    'With u = 2⁻²⁴, errors of sums are in units of u·Σ|x|, those of matrix products in u·Σ|a·b|. A matrix product is',
    'accumulated in float32, in blocks of L = ⌈K / ⌈K / 512⌉⌉ steps: with n = L + ⌈K / L⌉ its error is below n units',
    'and a little, n/(1 − n·u) (Higham, Accuracy and Stability of Numerical Algorithms, §3.1 and §4.2). Measured is the',
    'worst of products with K = 1 … 3136. What gives the same bits does so on every backend, at any number of threads.',
    '',
    table('kernel', Object.entries(kernelPromises), kernels),
    '',
  ].join('\n');
}
