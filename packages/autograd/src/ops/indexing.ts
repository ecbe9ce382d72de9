import {
  gather as gatherTensor,
  normalizeAxis,
  scatterAdd as scatterAddTensor,
  type Tensor,
  tensor,
  zeros,
} from '@reparam/tensor';
import { documented, identify, type OperationRecord, type Rules, type Sample } from '../operation.ts';
import { apply } from '../tape.ts';
import { type Operand, toVariable, type Variable } from '../variable.ts';
import { linearRules } from './linear.ts';
import { cube, matrix, sample, vector } from './samples.ts';

/** Indices are plain tensors: nothing is differentiated by them. */
interface Picked {
  readonly indices: Tensor;
  readonly axis: number;
}

function indexing<P>(source: Rules<P>, formula: string, samples: readonly Sample[]): OperationRecord {
  return {
    ...identify(source),
    kind: 'indexing',
    formula,
    domain: 'indices inside the axis',
    kinks: [],
    samples,
  };
}

const gatherRules: Rules<Picked> = linearRules({
  name: 'gather',
  forward: ([x], { indices, axis }) => gatherTensor(x!, indices, axis),
  adjoint: (cotangent, { inputs: [x], parameters: { indices, axis } }) =>
    scatterAdd(zeros(x!.shape, { dtype: x!.dtype }), indices, cotangent, axis),
});

const repeated = tensor([2, 0, 2], { dtype: 'int32' });
const grid = tensor(
  [
    [1, 0],
    [1, 1],
  ],
  { dtype: 'int32' },
);

/**
 * Entries of one axis at int32 indices of any shape: [...lead, count, ...rest] → [...lead, ...indices, ...rest].
 * @throws IndexError on an index outside the axis.
 */
export const gather = documented(
  (x: Operand, indices: Tensor, axis = 0): Variable => {
    const operand = toVariable(x);
    return apply(gatherRules, [operand], { indices, axis: normalizeAxis('gather', axis, operand.shape) });
  },
  (f) =>
    indexing(gatherRules, 'y[j] = x[indices[j]]', [
      sample((x) => f(x!, repeated), vector),
      sample((x) => f(x!, repeated, 1), matrix),
      sample((x) => f(x!, grid, 0), matrix),
    ]),
);

const scatterAddRules: Rules<Picked> = {
  name: 'scatterAdd',
  forward: ([base, updates], { indices, axis }) => scatterAddTensor(base!, indices, updates!, axis),
  vjp: (index, cotangent, { parameters: { indices, axis } }) =>
    index === 0 ? cotangent : gather(cotangent, indices, axis),
  jvp: ([base, updates], { inputs, parameters: { indices, axis } }) => {
    if (updates === undefined) return base;
    return scatterAdd(base ?? zeros(inputs[0]!.shape, { dtype: inputs[0]!.dtype }), indices, updates, axis);
  },
};

/** base with updates[...lead, ...indices, ...rest] added at the indices of one axis; repeats add up. */
export const scatterAdd = documented(
  (base: Operand, indices: Tensor, updates: Operand, axis = 0): Variable => {
    const operand = toVariable(base);
    const picked = { indices, axis: normalizeAxis('scatterAdd', axis, operand.shape) };
    return apply(scatterAddRules, [operand, updates], picked);
  },
  (f) =>
    indexing(scatterAddRules, 'y = base; y[indices[j]] += updates[j]', [
      sample((base, updates) => f(base!, repeated, updates!), vector, [0.3, -0.8, 1.5]),
      sample(
        (base, updates) => f(base!, tensor([1, 1], { dtype: 'int32' }), updates!, 1),
        matrix,
        cube[0].slice(0, 2),
      ),
    ]),
);
