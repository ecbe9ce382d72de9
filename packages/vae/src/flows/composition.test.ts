import { normal, RandomKey, tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { Composition } from './composition.ts';
import { Householder } from './householder.ts';
import { Inverted } from './inverted.ts';
import { Planar } from './planar.ts';

const float64 = { dtype: 'float64' } as const;
const z = normal(RandomKey.fromSeed(42), [3, 2], float64);
const planar = new Planar({ u: tensor([-1.5, 0.5], float64), w: tensor([1, -0.5], float64), b: 0.2 });
const mirror = new Householder(tensor([1, 2], float64));

test('a composition goes through its parts in order, and back in reverse; log-determinants add up', () => {
  const both = new Composition([planar, mirror, planar]);
  const first = planar.forwardAndLogDet(z);
  const last = planar.forwardAndLogDet(mirror.forwardAndLogDet(first.value).value);
  const forward = both.forwardAndLogDet(z);
  expect(forward.value.toArray()).toEqual(last.value.toArray());
  expect(forward.logDet.toArray()).toEqual(first.logDet.add(last.logDet).toArray());
  const back = both.inverseAndLogDet(forward.value);
  expect(back.value.sub(z).abs().max().item()).toBeLessThan(1e-13);
  expect(back.logDet.add(forward.logDet).abs().max().item()).toBeLessThan(1e-13);
});

test('a composition of nothing is the identity', () => {
  const { value, logDet } = new Composition([]).forwardAndLogDet(z);
  expect(value.toArray()).toEqual(z.toArray());
  expect(logDet).toMatchObject({ shape: [3], dtype: 'float64' });
  expect(logDet.toArray()).toEqual([0, 0, 0]);
});

test('inverted, a bijector changes its directions', () => {
  const inverted = new Inverted(planar);
  expect(inverted.forwardAndLogDet(z).value.toArray()).toEqual(planar.inverseAndLogDet(z).value.toArray());
  expect(inverted.inverseAndLogDet(z).logDet.toArray()).toEqual(planar.forwardAndLogDet(z).logDet.toArray());
});
