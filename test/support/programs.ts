import {
  backend,
  compile,
  formatProgram,
  type Pass,
  type Program,
  type RandomKey,
  referenceBackend,
  scalar,
  Tensor,
  useBackend,
} from '@reparam/tensor';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Bindings, interpret } from '../../packages/tensor/src/program/interpret.ts';
import { optimize } from '../../packages/tensor/src/program/optimize.ts';

export type Argument = Tensor | RandomKey;

/** Has all tests of a file computed by the reference backend. */
export function onReferenceBackend(): void {
  let before = backend();
  beforeAll(() => {
    before = useBackend(referenceBackend);
  });
  afterAll(() => {
    useBackend(before);
  });
}

/** What a function of tensors and keys does, as it was recorded. */
export function recorded<Args extends readonly Argument[]>(
  fn: (...args: Args) => unknown,
  ...args: Args
): Program {
  return compile(fn, { passes: [] }).program(...args);
}

/** What a run of a program is given, and the sources that come with it. */
export function bindingsOf(program: Program, args: readonly Argument[]): Bindings {
  const inputs = args.filter((each) => each instanceof Tensor);
  const keys = args.filter((each) => !(each instanceof Tensor)) as RandomKey[];
  const found = new Map(
    program.sources.map(({ value, source }) => {
      if (source.kind === 'input') return [value, inputs[source.position]!.contiguous()];
      if (source.kind === 'constant') return [value, source.tensor];
      if (source.kind === 'varying') return [value, scalar(source.compute(), { dtype: value.dtype })];
      const held = source.holder.held();
      return [value, (held instanceof Tensor ? held : held.tensor()).contiguous()];
    }),
  );
  return { tensorOf: (value) => found.get(value)!, keys };
}

/** Outputs, then new values of states; states stay as they are. */
export function run(program: Program, ...args: readonly Argument[]): Tensor[] {
  const { outputs, updates } = interpret(program, bindingsOf(program, args), referenceBackend);
  return [...outputs, ...updates];
}

/** The same elements, types and shapes, bit for bit; −0 is not 0, and all NaN are one. */
export function expectSame(actual: readonly Tensor[], expected: readonly Tensor[]): void {
  const described = (tensors: readonly Tensor[]) =>
    tensors.map((x) => ({ dtype: x.dtype, shape: x.shape, elements: Array.from(x.toTypedArray()) }));
  // toStrictEqual tells −0 from 0.
  expect(described(actual)).toStrictEqual(described(expected));
}

/** A function's program before and after passes, as text; the results for these arguments have to stay the same. */
export function rewritten<Args extends readonly Argument[]>(
  passes: readonly Pass[],
  fn: (...args: Args) => unknown,
  ...args: Args
): { readonly before: string; readonly after: string } {
  const program = recorded(fn, ...args);
  const better = optimize(program, passes);
  expectSame(run(better, ...args), run(program, ...args));
  return { before: formatProgram(program), after: formatProgram(better) };
}
