import { ArgumentError, formatShape, type Shape, ShapeError } from '@reparam/tensor';

/** The axes of a tensor by name: a letter each, or `...k` for the k-th axis from the right under an ellipsis. */
export type Labels = readonly string[];

/** What an einsum does with operands of given shapes. */
export interface EinsumPlan {
  readonly operands: readonly Labels[];
  readonly output: Labels;
  readonly lengths: ReadonlyMap<string, number>;
}

const ellipsis = '...';

function specError(spec: string, explanation: string): ArgumentError {
  return new ArgumentError('einsum', 'spec', spec, `'${spec}' ${explanation}`);
}

/** Reads a spec such as `'...ij, jk -> ...ik'`. @throws ArgumentError on one that makes no sense, ShapeError. */
export function planEinsum(spec: string, shapes: readonly Shape[]): EinsumPlan {
  const [inputs, output, ...more] = spec.replaceAll(/\s/gu, '').split('->');
  if (more.length > 0) throw specError(spec, "has more than one '->'.");
  const terms = inputs!.split(',');
  for (const term of output === undefined ? terms : [...terms, output]) requireTerm(spec, term);
  if (terms.length !== shapes.length) {
    throw specError(
      spec,
      `describes ${count(terms.length, 'operand')} (commas separate them), but is given ${shapes.length}` +
        `${shapes.map((shape, i) => `${i === 0 ? ': ' : ', '}${formatShape(shape)}`).join('')}.`,
    );
  }
  const operands = terms.map((term, i) => labelAxes(spec, term, i, shapes));
  const lengths = measure(spec, operands, shapes);
  return {
    operands,
    output: output === undefined ? impliedOutput(operands) : labelOutput(spec, output, operands),
    lengths,
  };
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function requireTerm(spec: string, term: string): void {
  const [, odd] = /^(?:[A-Za-z]|\.{3})*(.?)/u.exec(term)!;
  if (odd) {
    throw specError(
      spec,
      odd === '.'
        ? "has a stray '.': an ellipsis is three dots."
        : `has '${odd}' where a letter a–z, A–Z or '...' must stand for an axis.`,
    );
  }
  if (term.split(ellipsis).length > 2) throw specError(spec, `has two ellipses in the term '${term}'.`);
}

/** `ellipsisRank` axes for the ellipsis, if there is one. */
function expandTerm(term: string, ellipsisRank: number): string[] {
  const [before, after] = term.split(ellipsis) as [string, string?];
  if (after === undefined) return [...before];
  const middle = Array.from({ length: ellipsisRank }, (_, i) => `${ellipsis}${ellipsisRank - 1 - i}`);
  return [...before, ...middle, ...after];
}

function labelAxes(spec: string, term: string, operand: number, shapes: readonly Shape[]): Labels {
  const shape = shapes[operand]!;
  const letters = term.replace(ellipsis, '').length;
  const spare = shape.length - letters;
  if (spare < 0 || (spare > 0 && !term.includes(ellipsis))) {
    throw new ShapeError(
      'einsum',
      `operands[${operand}] is ${formatShape(shape)} of rank ${shape.length}, but '${term}' in '${spec}' names ` +
        `${count(letters, 'letter')}.` +
        (spare > 0 ? " Name each axis, or write '...' for those that stay." : ''),
      nameShapes(shapes),
    );
  }
  return expandTerm(term, spare);
}

function nameShapes(shapes: readonly Shape[]): Record<string, Shape> {
  return Object.fromEntries(shapes.map((shape, i) => [`operands[${i}]`, shape]));
}

/** The length of every label. Axes under an ellipsis broadcast, letters must agree exactly. */
function measure(spec: string, operands: readonly Labels[], shapes: readonly Shape[]): Map<string, number> {
  const found = new Map<string, { length: number; where: string }>();
  operands.forEach((labels, i) => {
    labels.forEach((label, axis) => {
      const length = shapes[i]![axis]!;
      const where = `${length} in operands[${i}] ${formatShape(shapes[i]!)} (axis ${axis})`;
      const known = found.get(label);
      const broadcasts = label.startsWith(ellipsis);
      if (known === undefined || (broadcasts && known.length === 1)) found.set(label, { length, where });
      else if (known.length !== length && !(broadcasts && length === 1)) {
        const name = broadcasts ? "an axis under '...'" : `'${label}'`;
        throw new ShapeError(
          'einsum',
          `in '${spec}' ${name} is ${known.where} but ${where}. ` +
            (broadcasts ? 'Such lengths must be equal or 1.' : 'One letter stands for one length.'),
          nameShapes(shapes),
        );
      }
    });
  });
  return new Map([...found].map(([label, { length }]) => [label, length]));
}

/** Axes under an ellipsis, then the letters that appear once, in the order of their character codes. */
function impliedOutput(operands: readonly Labels[]): Labels {
  const all = operands.flat();
  const letters = all.filter(
    (label) => !label.startsWith(ellipsis) && all.indexOf(label) === all.lastIndexOf(label),
  );
  return [...expandTerm(ellipsis, ellipsisRank(operands)), ...letters.sort()];
}

function ellipsisRank(operands: readonly Labels[]): number {
  return new Set(operands.flat().filter((label) => label.startsWith(ellipsis))).size;
}

function labelOutput(spec: string, term: string, operands: readonly Labels[]): Labels {
  const rank = ellipsisRank(operands);
  if (rank > 0 && !term.includes(ellipsis)) {
    throw specError(
      spec,
      "has axes under '...' that the output does not say what to do with: write '...' there too, or name the axes to " +
        'sum over them.',
    );
  }
  const output = expandTerm(term, rank);
  const known = new Set(operands.flat());
  const unknown = output.find((label) => !known.has(label));
  if (unknown !== undefined) {
    throw specError(spec, `has '${unknown}' in the output, but in none of the operands.`);
  }
  const repeated = output.find((label, i) => output.indexOf(label) !== i);
  if (repeated !== undefined) {
    throw specError(
      spec,
      `has '${repeated}' twice in the output. For a diagonal matrix use diagonalMatrix on the result.`,
    );
  }
  return output;
}
