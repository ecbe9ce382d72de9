import { expect, test } from 'vitest';
import { wrongPlanarLayer } from '../../../../../test/support/wrong-planar-layer.ts';
import { finish } from '../../diagnostics/work.ts';
import { ParametricFlow } from '../../flows/parametric-flow.ts';
import { type FlowKind, flows } from '../../flows/table.ts';
import { passes } from '../ground-truth.ts';
import { linearChecks, planarChecks, verifyFlow } from './always.ts';

test('log-determinants of linear flows', () => {
  const checks = linearChecks();
  expect(checks.map(({ target }) => target)).toEqual([0.1, expect.closeTo(0.609766, 6)]);
  expect(checks.filter((check) => !passes(check))).toEqual([]);
});

// The table of flows has tests that measure every other kind.
test('planar flows keep their promises', () => {
  const checks = [...finish(verifyFlow('planar', flows.planar)), ...planarChecks()];
  expect(checks).toHaveLength(7);
  expect(checks.filter((check) => !passes(check))).toEqual([]);
});

test('catches planar flows without the constraint', () => {
  const checks = planarChecks(wrongPlanarLayer('no constraint', 'float64'));
  expect(checks.every(passes)).toBe(false);
});

test('catches planar flows with ‖w‖ for ‖w‖²', () => {
  const kind: FlowKind = {
    ...flows.planar,
    create: (options) => new ParametricFlow(wrongPlanarLayer('norm not squared', 'float64'), options),
  };
  const [logDeterminant] = finish(verifyFlow('planar', kind));
  expect(passes(logDeterminant!)).toBe(false);
});
