import {
  gather as gatherTensor,
  normalizeAxis,
  scatterAdd as scatterAddTensor,
  tensor,
  zeros,
} from '@reparam/tensor';
import { batchOneByOne, moveToFront, spread } from '../../batching.ts';
import { type BatchInput, documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { cube, matrix, sample, vector } from '../samples.ts';
import { indexing } from './record.ts';

/** The axis along which to pick; the indices are an input, int32, so nothing is differentiated by them. */
interface Picking {
  readonly axis: number;
}

const gatherRules: Rules<Picking> = {
  name: 'gather',
  forward: ([x, indices], { axis }) => gatherTensor(x!, indices!, axis),
  batch: (inputs, { axis }, length) => {
    const [x, indices] = inputs as [BatchInput, BatchInput];
    if (!indices.batched) return gather(x.variable, indices.variable, axis + 1);
    if (x.batched) return batchOneByOne(gatherRules, inputs, { axis }, length);
    return moveToFront(gather(x.variable, indices.variable, axis), axis);
  },
  derivative: 'scatterAdd(0, indices, ȳ)',
  vjp: (index, cotangent, { inputs: [x, indices], parameters: { axis } }) =>
    index === 0 ? scatterAdd(zeros(x!.shape, { dtype: x!.dtype }), indices!, cotangent, axis) : undefined,
  jvp: ([tangent], { inputs: [, indices], parameters: { axis } }) =>
    tangent && gather(tangent, indices!, axis),
};

const repeated = tensor([2, 0, 0], { dtype: 'int32' });
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
  (x: Operand, indices: Operand, axis = 0): Variable => {
    const operand = toVariable(x);
    const positions = toVariable(indices, 'int32');
    return apply(gatherRules, [operand, positions], { axis: normalizeAxis('gather', axis, operand.shape) });
  },
  (f) =>
    indexing(gatherRules, 'y[j] = x[indices[j]]', [
      sample((x) => f(x!, repeated), vector),
      sample((x) => f(x!, repeated, 1), matrix),
      sample((x) => f(x!, grid, 0), matrix),
    ]),
);

const scatterAddRules: Rules<Picking> = {
  name: 'scatterAdd',
  forward: ([base, indices, updates], { axis }) => scatterAddTensor(base!, indices!, updates!, axis),
  batch: (inputs, { axis }, length) => {
    const [base, indices, updates] = inputs as [BatchInput, BatchInput, BatchInput];
    if (indices.batched) return batchOneByOne(scatterAddRules, inputs, { axis }, length);
    return scatterAdd(spread(base, length), indices.variable, spread(updates, length), axis + 1);
  },
  derivative: 'of base ȳ, of updates gather(ȳ, indices)',
  vjp: (index, cotangent, { inputs: [, indices], parameters: { axis } }) => {
    if (index === 0) return cotangent;
    return index === 2 ? gather(cotangent, indices!, axis) : undefined;
  },
  jvp: ([base, , updates], { inputs: [x, indices], parameters: { axis } }) => {
    if (updates === undefined) return base;
    return scatterAdd(base ?? zeros(x!.shape, { dtype: x!.dtype }), indices!, updates, axis);
  },
};

/** base with updates[...lead, ...indices, ...rest] added at the indices of one axis; repeats add up. */
export const scatterAdd = documented(
  (base: Operand, indices: Operand, updates: Operand, axis = 0): Variable => {
    const operand = toVariable(base);
    const inputs = [operand, toVariable(indices, 'int32'), toVariable(updates, operand.dtype)];
    return apply(scatterAddRules, inputs, { axis: normalizeAxis('scatterAdd', axis, operand.shape) });
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
