import { rowBlock } from './column-accumulators.ts';
import { type MapSpec, reducesOver } from './spec.ts';

/**
 * A kernel is run tile by tile, and the tiles depend on the specification and the size alone, never on the number
 * of threads. A tile leaves one float64 for each column that is reduced over rows, and one for what is reduced over
 * everything; they are added up in the order of the tiles and rounded once. A reduction over columns keeps its rows
 * whole. So results are the same however the tiles are shared out.
 */
export interface Tiling {
  /** Rows and columns of a tile; the last ones may be smaller. */
  readonly tileRows: number;
  readonly tileColumns: number;
  /** How many tiles there are below each other, and beside each other. */
  readonly down: number;
  readonly across: number;
}

/** Elements of a tile: some 10 µs of work, far above what handing it to a thread costs. */
const tileSize = 32768;
/** Sums over rows pay for every tile below another with a row of float64, so their tiles are higher. */
const columnsWhenSummingRows = 1024;

export function tilingOf(spec: MapSpec, rows: number, columns: number): Tiling {
  const widest = reducesOver(spec, 'rows') ? columnsWhenSummingRows : tileSize;
  const tileColumns = reducesOver(spec, 'columns') ? Math.max(columns, 1) : widest;
  const fitting = Math.ceil(tileSize / Math.max(1, Math.min(columns, tileColumns)));
  const tileRows = Math.ceil(fitting / rowBlock) * rowBlock;
  return {
    tileRows,
    tileColumns,
    // At least one, so that reductions of nothing have a result.
    down: Math.max(1, Math.ceil(rows / tileRows)),
    across: Math.max(1, Math.ceil(columns / tileColumns)),
  };
}

/** How the float64 that tiles leave of one output lie in memory: `count` rows of `width`, `stride` bytes apart. */
export interface PartialLayout {
  readonly count: number;
  readonly width: number;
  readonly stride: number;
  /** From the address of all to that of the tile i-th down, j-th across. */
  offsetOf(i: number, j: number): number;
}

const doubleBytes = 8;

export function partialLayout(
  over: 'rows' | 'all',
  { down, across, tileColumns }: Tiling,
  columns: number,
): PartialLayout {
  if (over === 'all') {
    // Two each, as they are read in pairs.
    const stride = 2 * doubleBytes;
    return { count: down * across, width: 1, stride, offsetOf: (i, j) => (i * across + j) * stride };
  }
  // Whole vectors of four columns are written.
  const stride = 4 * Math.ceil(columns / 4) * doubleBytes;
  const offsetOf = (i: number, j: number) => i * stride + j * tileColumns * doubleBytes;
  return { count: down, width: columns, stride, offsetOf };
}
