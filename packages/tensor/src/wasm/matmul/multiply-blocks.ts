import type { FunctionBuilder } from '../assembler/function-builder.ts';
import type { FunctionHandle, ModuleBuilder } from '../assembler/module-builder.ts';
import { f32, i32, select } from '../assembler/scalar.ts';
import type { Local, Operand, Value } from '../assembler/value.ts';
import { columnBlock, depthBlock, emitBlockLength, rowBlock, unpackedBytes } from './blocks.ts';
import { addMicroKernel, type MicroKernel } from './micro-kernel.ts';
import { addPack } from './pack.ts';
import type { MatmulVariant } from './variant.ts';

const tileBytes = 1024;
const packedABytes = 4 * rowBlock * depthBlock;
const packedBBytes = 4 * columnBlock * depthBlock;

/** What a call needs as workspace, whatever its sizes; concurrent calls need one each. */
export const workspaceBytes = tileBytes + packedABytes + packedBBytes;

const parameters = {
  rows: 'i32',
  columns: 'i32',
  depth: 'i32',
  a: 'i32',
  aRow: 'i32',
  aStep: 'i32',
  b: 'i32',
  bStep: 'i32',
  bColumn: 'i32',
  c: 'i32',
  cRow: 'i32',
  accumulate: 'i32',
  workspace: 'i32',
} as const;

export type MultiplyBlocks = FunctionHandle<typeof parameters, 'none'>;

/** The five loops around the micro-kernel: Van Zee and van de Geijn, BLIS, ACM TOMS 41(3), 2015. */
export function addMultiplyBlocks(module: ModuleBuilder, variant: MatmulVariant): MultiplyBlocks {
  const tileRows = variant.rows;
  const tileColumns = 4 * variant.vectors;
  const kernels = Array.from({ length: tileRows }, (_, i) => ({
    whole: addMicroKernel(module, variant, i + 1, variant.vectors),
    half: addMicroKernel(module, variant, i + 1, variant.vectors / 2),
  }));
  const multiplyTile = kernels.at(-1)!.whole;
  const multiplyEdge = addEdge(module, kernels, tileColumns);
  const packA = addPack(module, 'packA', tileRows);
  const packB = addPack(module, 'packB', tileColumns);

  return module.function('multiplyBlocks', parameters, 'none', (f, problem) => {
    const { rows, columns, depth, a, aRow, aStep, b, bStep, bColumn, c, cRow, workspace } = problem;
    const blockLength = emitBlockLength(f, depth);
    const packedA = f.let(i32.add(workspace, tileBytes));
    const packedB = f.let(i32.add(workspace, tileBytes + packedABytes));
    const [j0, k0, i0, j, i] = f.locals('i32', 5);
    const [blockColumns, blockDepth, blockRows, accumulate] = f.locals('i32', 4);
    const [blockOfB, unpackedColumns, panelOfB, panelStep] = f.locals('i32', 4);
    const [restRows, restColumns] = f.locals('i32', 2);

    blockwise(f, j0, columns, columnBlock, blockColumns, () => {
      // Runs once even if depth is 0, so that c is written.
      f.set(k0, 0);
      f.loop((next) => {
        f.set(blockDepth, rest(f, depth, k0, blockLength));
        f.set(accumulate, i32.or(problem.accumulate, i32.ne(k0, 0)));
        // Small matrices b are read where they are, except for columns that do not fill a tile.
        f.set(blockOfB, i32.add(b, i32.add(i32.mul(k0, bStep), i32.mul(j0, bColumn))));
        f.set(unpackedColumns, 0);
        f.if(i32.and(i32.eq(bColumn, 4), i32.leU(i32.mul(bStep, blockDepth), unpackedBytes)), () =>
          f.set(unpackedColumns, i32.and(blockColumns, -tileColumns)),
        );
        f.emit(
          packB.call({
            source: i32.add(blockOfB, i32.mul(unpackedColumns, bColumn)),
            lineStride: bColumn,
            stepStride: bStep,
            lines: i32.sub(blockColumns, unpackedColumns),
            depth: blockDepth,
            target: i32.add(packedB, panelStart(unpackedColumns, blockDepth)),
          }),
        );
        blockwise(f, i0, rows, rowBlock, blockRows, () => {
          f.emit(
            packA.call({
              source: i32.add(a, i32.add(i32.mul(i0, aRow), i32.mul(k0, aStep))),
              lineStride: aRow,
              stepStride: aStep,
              lines: blockRows,
              depth: blockDepth,
              target: packedA,
            }),
          );
          f.for(j, blockColumns, tileColumns, () => {
            f.if(
              i32.ltU(j, unpackedColumns),
              () => {
                f.set(panelOfB, i32.add(blockOfB, i32.shl(j, 2)));
                f.set(panelStep, bStep);
              },
              () => {
                f.set(panelOfB, i32.add(packedB, panelStart(j, blockDepth)));
                f.set(panelStep, 4 * tileColumns);
              },
            );
            f.for(i, blockRows, tileRows, () => {
              const tile = {
                a: i32.add(packedA, panelStart(i, blockDepth)),
                b: panelOfB,
                bStep: panelStep,
                depth: blockDepth,
                c: i32.add(c, i32.add(i32.mul(i32.add(i0, i), cRow), i32.shl(i32.add(j0, j), 2))),
                cRow,
                accumulate,
              };
              f.set(restRows, i32.sub(blockRows, i));
              f.set(restColumns, i32.sub(blockColumns, j));
              f.if(
                i32.and(i32.geU(restRows, tileRows), i32.geU(restColumns, tileColumns)),
                () => f.emit(multiplyTile.call(tile)),
                () =>
                  f.emit(
                    multiplyEdge.call({ ...tile, rows: restRows, columns: restColumns, room: workspace }),
                  ),
              );
            });
          });
        });
        f.increment(k0, blockLength);
        f.branchIf(next, i32.ltU(k0, depth));
      });
    });
  });
}

/** Where the panel of line `line` begins: each panel holds `depth` float32 of every line. */
function panelStart(line: Local<'i32'>, depth: Local<'i32'>): Value<'i32'> {
  return i32.mul(i32.shl(line, 2), depth);
}

/** limit − start, at most `most`. */
function rest(
  f: FunctionBuilder,
  limit: Local<'i32'>,
  start: Local<'i32'>,
  most: Operand<'i32'>,
): Value<'i32'> {
  const left = f.let(i32.sub(limit, start));
  return select(i32.ltU(left, most), left, i32.const(most));
}

/** Runs `body` for blocks of `step` up to `limit`; `length` is what the block has, less than `step` at the end. */
function blockwise(
  f: FunctionBuilder,
  start: Local<'i32'>,
  limit: Local<'i32'>,
  step: number,
  length: Local<'i32'>,
  body: () => void,
): void {
  f.for(start, limit, step, () => {
    f.set(length, rest(f, limit, start, step));
    body();
  });
}

const edgeParameters = {
  a: 'i32',
  b: 'i32',
  bStep: 'i32',
  depth: 'i32',
  c: 'i32',
  cRow: 'i32',
  accumulate: 'i32',
  /** What is left of c from here on: in one direction at least, less than a tile. */
  rows: 'i32',
  columns: 'i32',
  /** Room for a tile. */
  room: 'i32',
} as const;

/** Picks the micro-kernel, by its number of rows and whole or half its columns, that suits the edge of c. */
function addEdge(
  module: ModuleBuilder,
  kernels: readonly { readonly whole: MicroKernel; readonly half: MicroKernel }[],
  tileColumns: number,
) {
  const halfColumns = tileColumns / 2;
  const copyTile = addCopyTile(module, tileColumns);
  return module.function('multiplyEdge', edgeParameters, 'none', (f, p) => {
    const { cRow, rows, columns, room } = p;
    // A tile that reaches beyond the right edge of c is computed elsewhere, and what is inside is copied.
    const [target, targetRow, added] = f.locals('i32', 3);
    const outside = f.let(i32.and(i32.ltU(columns, tileColumns), i32.ne(columns, halfColumns)));
    f.set(target, select(outside, room, p.c));
    f.set(targetRow, select(outside, i32.const(4 * tileColumns), cRow));
    f.set(added, select(outside, i32.const(0), p.accumulate));
    const run = (kernel: MicroKernel): void => {
      f.emit(kernel.call({ ...p, c: target, cRow: targetRow, accumulate: added }));
    };
    byHeight(f, rows, kernels.length, (height) => {
      const { whole, half } = kernels[height - 1]!;
      f.if(
        i32.gtU(columns, halfColumns),
        () => run(whole),
        () => run(half),
      );
    });
    f.if(outside, () => {
      const inside = select(i32.ltU(rows, kernels.length), rows, i32.const(kernels.length));
      f.emit(copyTile.call({ tile: room, c: p.c, cRow, rows: inside, columns, accumulate: p.accumulate }));
    });
  });
}

/** `body` for as many rows as are left, at most `most`. */
function byHeight(
  f: FunctionBuilder,
  rows: Local<'i32'>,
  most: number,
  body: (height: number) => void,
): void {
  if (most === 1) body(1);
  else {
    f.if(
      i32.geU(rows, most),
      () => body(most),
      () => byHeight(f, rows, most - 1, body),
    );
  }
}

/** Copies, or adds, the first columns of a tile to c. */
function addCopyTile(module: ModuleBuilder, tileColumns: number) {
  const signature = {
    tile: 'i32',
    c: 'i32',
    cRow: 'i32',
    rows: 'i32',
    columns: 'i32',
    accumulate: 'i32',
  } as const;
  return module.function('copyTile', signature, 'none', (f, { tile, c, cRow, rows, columns, accumulate }) => {
    const [count, from, to] = f.locals('i32', 3);
    f.repeat(rows, () => {
      f.set(count, columns);
      f.set(from, tile);
      f.set(to, c);
      f.repeat(count, () => {
        f.if(
          accumulate,
          () => f.emit(f32.store(to, f32.add(f32.load(from), f32.load(to)))),
          () => f.emit(f32.store(to, f32.load(from))),
        );
        f.increment(from, 4);
        f.increment(to, 4);
      });
      f.increment(tile, 4 * tileColumns);
      f.increment(c, cRow);
    });
  });
}
