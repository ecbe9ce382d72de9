import { documented } from '../../operation.ts';
import { type Operand, toVariables, type Variable } from '../../variable.ts';
import { cube, matrix, sample, vector } from '../samples.ts';
import { type EinsumPlan, type Labels, planEinsum } from './einsum-spec.ts';
import {
  arrange,
  dropBroadcast,
  multiply,
  type Partition,
  partition,
  sizeOfLabels,
  sumUnneeded,
  type Term,
  takeDiagonals,
} from './einsum-terms.ts';
import { linearAlgebra } from './record.ts';

/** The labels of the output and of every term but those at `positions`. */
function neededBesides(
  terms: readonly Term[],
  positions: readonly number[],
  { output }: EinsumPlan,
): Set<string> {
  return new Set([
    ...output,
    ...terms.flatMap(({ labels }, position) => (positions.includes(position) ? [] : labels)),
  ]);
}

interface Pair {
  readonly positions: readonly [number, number];
  readonly parts: Partition;
}

/**
 * The two terms whose product saves most memory, by the size of the product less those of the factors (the greedy
 * order of opt_einsum, Smith & Gray 2018); of several such, those with the fewest multiplications.
 */
function cheapestPair(terms: readonly Term[], plan: EinsumPlan): Pair {
  const size = (...groups: Labels[]): number => sizeOfLabels(groups.flat(), plan.lengths);
  const pairs = terms.flatMap((a, i) =>
    terms.slice(i + 1).map((b, distance) => {
      const positions = [i, i + 1 + distance] as const;
      const parts = partition(a, b, neededBesides(terms, positions, plan));
      const { batch, summed, left, right } = parts;
      const growth = size(batch, left, right) - size(a.labels) - size(b.labels);
      return { positions, parts, growth, multiplications: size(batch, left, right, summed) };
    }),
  );
  return pairs.reduce((best, pair) => {
    const difference = pair.growth - best.growth || pair.multiplications - best.multiplications;
    return difference < 0 ? pair : best;
  });
}

/**
 * Sums of products by Einstein's convention, as in NumPy. The spec names the axes of each operand by letters,
 * `'ij,jk->ik'`; axes with the same letter are multiplied entry by entry, and letters missing in the output are summed
 * over. A letter repeated in one operand takes its diagonal; `...` stands for axes that broadcast; without `->` the
 * output has those and then the letters that appear once, in alphabetical order.
 *
 * Operands are multiplied in pairs, as matrix products wherever something is summed.
 * @throws ArgumentError on a spec that makes no sense, ShapeError when lengths disagree.
 */
export const einsum = documented(
  (spec: string, ...operands: Operand[]): Variable => {
    const variables = toVariables(operands);
    const plan = planEinsum(
      spec,
      variables.map(({ shape }) => shape),
    );
    let terms = variables.map((x, i) =>
      dropBroadcast(takeDiagonals({ x, labels: plan.operands[i]! }), plan.lengths),
    );
    terms = terms.map((term, i) => sumUnneeded(term, neededBesides(terms, [i], plan)));
    while (terms.length > 1) {
      const { positions, parts } = cheapestPair(terms, plan);
      const product = multiply(terms[positions[0]]!, terms[positions[1]]!, parts, plan.lengths);
      terms = [...terms.filter((_, position) => !positions.includes(position)), product];
    }
    return arrange(terms[0]!, plan.output);
  },
  (f) =>
    linearAlgebra('einsum', {
      formula: 'y[output] = Σ ∏ₖ xₖ[labels of k]',
      samples: [
        sample((a, b) => f('ij,jk->ki', a!, b!), matrix, [vector, vector, [0.1, -0.6, 1.2]]),
        sample((a, b) => f('bij,bkj->bik', a!, b!), cube, cube),
        sample((a, b, c) => f('ij,j,kj->k', a!, b!, c!), matrix, vector, matrix),
        sample((a, b) => f('ij,ij->j', a!, b!), matrix, matrix),
        sample((a, b) => f('i,j', a!, b!), vector, [0.4, -1.3]),
        sample(
          (a) => f('iij->ji', a!),
          cube.map((rows) => rows.slice(0, 2)),
        ),
        sample((a) => f('...i->...', a!), cube),
        sample((a, b) => f('...ij,...j', a!, b!), cube, [[0.5, -0.9]]),
        sample((a) => f('ij,kj->ik', a!, a!), matrix),
      ],
    }),
);
