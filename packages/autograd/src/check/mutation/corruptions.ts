import type { Shape } from '@reparam/tensor';
import { mul, neg } from '../../ops/elementwise.ts';
import { expand, flip, roll, transpose } from '../../ops/movement.ts';
import { mean } from '../../ops/reductions.ts';
import type { Variable } from '../../variable.ts';

/** A wrong turn that a cotangent or a tangent can take. Differentiable, so that only the wrong turn is wrong. */
export interface Corruption {
  readonly name: string;
  /** Whether there is such a turn for this shape. */
  readonly applies: (shape: Shape) => boolean;
  readonly corrupt: (x: Variable) => Variable;
  /** What is so if it changes nothing, where that can be as it should be. */
  readonly excuse?: string;
  /** What is so if the operation does not care. */
  readonly hidden?: string;
}

const always = (): boolean => true;

function alongAxis(axis: 0 | -1): Corruption[] {
  const title = axis === 0 ? 'first' : 'last';
  // Of one axis, the first is the last.
  const applies = (shape: Shape): boolean => shape.at(axis)! > 1 && (axis === -1 || shape.length > 1);
  return [
    { name: `flipped along its ${title} axis`, applies, corrupt: (x) => flip(x, axis) },
    { name: `rolled along its ${title} axis`, applies, corrupt: (x) => roll(x, 1, axis) },
    {
      name: `averaged over its ${title} axis`,
      applies,
      corrupt: (x) => expand(mean(x, { axes: axis, keepDims: true }), x.shape),
    },
  ];
}

export const corruptions: readonly Corruption[] = [
  { name: 'doubled', applies: always, corrupt: (x) => mul(x, 2) },
  { name: 'halved', applies: always, corrupt: (x) => mul(x, 0.5) },
  { name: 'with its sign flipped', applies: always, corrupt: (x) => neg(x) },
  {
    name: 'transposed',
    applies: (shape) => shape.length > 1 && (shape.at(-1)! > 1 || shape.at(-2)! > 1),
    corrupt: (x) => transpose(x),
    excuse: 'it is symmetric',
    hidden: 'only its symmetric part counts',
  },
  ...alongAxis(0),
  ...alongAxis(-1),
];
