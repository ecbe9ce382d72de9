import { div, neg, square } from '@reparam/autograd';
import { expect, test } from 'vitest';
import { at, compare, normals } from './case.ts';
import { cases } from './cases.ts';
import { compareAll } from './comparison.ts';
import { howToInstall } from './python.ts';

/** Pairs that are not the same function. */
const mistakes = [
  // The same value and gradient, but a gradient that does not change.
  compare(square, '2 * x0 * x0.detach() - (x0 * x0).detach()', square, normals(3)),
  compare(square, '(x0 * x0).detach()', square, normals(3)),
  compare(square, 'x0 * x0 + 2e-12', square, at(0.5)),
  compare(neg, '-x0.unsqueeze(0)', neg, normals(3)),
  compare(div, 'torch.divided(x0, x1)', div, normals(3), normals(3)),
];

test('values and derivatives are those of PyTorch, where there is one', ({ skip }) => {
  const compared = compareAll([...cases, ...mistakes]);
  if (compared === undefined) return skip(howToInstall);
  const found = compared.comparisons.map(({ subject, complaint }) => ({
    expression: subject.expression,
    complaint,
  }));
  expect(found.slice(0, cases.length).filter(({ complaint }) => complaint !== undefined)).toEqual([]);

  const complaints = found.slice(cases.length).map(({ complaint }) => complaint);
  expect(complaints).toEqual([
    expect.stringMatching(/^second order differs by \S+$/),
    expect.stringMatching(/^reverse differs by \S+, forward differs by \S+, second order differs by \S+$/),
    'value differs by 2.0e-12',
    'shapes are [[3]], of PyTorch [[1,3]]',
    expect.stringContaining("has no attribute 'divided'"),
  ]);
});
