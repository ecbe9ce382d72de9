import type { FunctionBuilder } from '../assembler/function-builder.ts';
import type { FunctionHandle, ModuleBuilder } from '../assembler/module-builder.ts';
import { f32, i32 } from '../assembler/scalar.ts';
import type { Local } from '../assembler/value.ts';
import { i32x4, v128 } from '../assembler/vector.ts';
import { transpose } from './transpose.ts';

const parameters = {
  source: 'i32',
  /** Bytes from one line to the next, and from one step of a line to the next. */
  lineStride: 'i32',
  stepStride: 'i32',
  lines: 'i32',
  depth: 'i32',
  target: 'i32',
} as const;

export type Pack = FunctionHandle<typeof parameters, 'none'>;

/** The part of lines that goes into one panel. */
interface Panel {
  readonly source: Local<'i32'>;
  readonly lineStride: Local<'i32'>;
  readonly stepStride: Local<'i32'>;
  readonly depth: Local<'i32'>;
  /** Moves to the end of what was written. */
  readonly target: Local<'i32'>;
}

/**
 * Interleaves lines (rows of a, columns of b) in panels of `width` lines, so that the micro-kernel reads memory in
 * order: a panel holds the first elements of its lines, then the second ones, and so on. The last panel is filled
 * up with lines of zeros. `width` is even.
 */
export function addPack(module: ModuleBuilder, name: string, width: number): Pack {
  return module.function(name, parameters, 'none', (f, locals) => {
    const { source, lineStride, stepStride, lines } = locals;
    f.while(
      () => i32.geU(lines, width),
      () => {
        f.if(
          i32.eq(lineStride, 4),
          () => copyPanel(f, locals, width),
          () => {
            f.if(
              i32.eq(stepStride, 4),
              () => transposePanel(f, locals, width),
              () => gatherPanel(f, locals, width, f.let(i32.const(width))),
            );
          },
        );
        f.increment(source, i32.mul(lineStride, width));
        f.set(lines, i32.sub(lines, width));
      },
    );
    f.if(lines, () => gatherPanel(f, locals, width, lines));
  });
}

/** Lines lie side by side: each step is a copy. */
function copyPanel(f: FunctionBuilder, panel: Panel, width: number): void {
  const { stepStride, depth, target } = panel;
  const from = f.let(panel.source);
  const steps = f.let(depth);
  f.repeat(steps, () => {
    let i = 0;
    for (; i + 4 <= width; i += 4) f.emit(v128.store(target, v128.load(from, 4 * i), 4 * i));
    if (i < width) f.emit(v128.store64Lane(target, v128.load64Zero(from, 4 * i), 0, 4 * i));
    f.increment(from, stepStride);
    f.increment(target, 4 * width);
  });
}

/** Steps lie side by side: four of them at a time are transposed in registers. */
function transposePanel(f: FunctionBuilder, panel: Panel, width: number): void {
  const { source, lineStride, depth, target } = panel;
  const rows = f.locals('i32', width);
  rows.forEach((row, i) => {
    f.set(row, i === 0 ? source : i32.add(rows[i - 1]!, lineStride));
  });
  const steps = f.let(i32.shrU(depth, 2));
  f.repeat(steps, () => {
    for (let i = 0; i < width; i += 4) transposeFour(f, rows.slice(i, i + 4), target, 4 * i, 4 * width);
    for (const row of rows) f.increment(row, 16);
    f.increment(target, 16 * width);
  });
  f.set(steps, i32.and(depth, 3));
  f.repeat(steps, () => {
    rows.forEach((row, i) => {
      f.emit(f32.store(target, f32.load(row), 4 * i));
      f.increment(row, 4);
    });
    f.increment(target, 4 * width);
  });
}

/** Writes four elements of each of two or four rows as four columns, `step` bytes apart. */
function transposeFour(
  f: FunctionBuilder,
  rows: readonly Local<'i32'>[],
  target: Local<'i32'>,
  offset: number,
  step: number,
): void {
  const vectors = rows.map((row) => f.let(v128.load(row)));
  const [a, b] = vectors as [Local<'v128'>, Local<'v128'>];
  if (vectors.length === 2) {
    const low = f.let(i32x4.shuffle(a, b, [0, 4, 1, 5]));
    const high = f.let(i32x4.shuffle(a, b, [2, 6, 3, 7]));
    [low, low, high, high].forEach((half, k) => {
      f.emit(v128.store64Lane(target, half, k % 2, offset + k * step));
    });
    return;
  }
  transpose(f, vectors).forEach((column, k) => {
    f.emit(v128.store(target, column, offset + k * step));
  });
}

/** Any strides, and fewer lines than the panel is wide. */
function gatherPanel(f: FunctionBuilder, panel: Panel, width: number, lines: Local<'i32'>): void {
  const { source, lineStride, stepStride, depth, target } = panel;
  const first = f.let(source);
  const steps = f.let(depth);
  const from = f.local('i32');
  const count = f.local('i32');
  f.repeat(steps, () => {
    f.set(from, first);
    f.set(count, lines);
    f.repeat(count, () => {
      f.emit(f32.store(target, f32.load(from)));
      f.increment(from, lineStride);
      f.increment(target, 4);
    });
    f.set(count, i32.sub(width, lines));
    f.repeat(count, () => {
      f.emit(f32.store(target, 0));
      f.increment(target, 4);
    });
    f.increment(first, stepStride);
  });
}
