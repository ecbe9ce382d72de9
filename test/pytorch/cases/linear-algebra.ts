import * as ops from '@reparam/autograd';
import { type Case, compare, type Draw, dominant, normals } from '../case.ts';

const matrix = normals(3, 5);
const matrices = normals(2, 3, 4);
const square = dominant(4);
const squares = dominant(3, 2);

const products: readonly Case[] = [
  compare(ops.matmul, 'x0 @ x1', (a, b) => ops.matmul(a, b), matrix, normals(5, 2)),
  compare(ops.matmul, 'x0 @ x1', (a, b) => ops.matmul(a, b), normals(2, 1, 3, 4), normals(3, 4, 2)),
  compare(
    ops.matmul,
    'x0.mT @ x1',
    (a, b) => ops.matmul(a, b, { transposeA: true }),
    matrices,
    normals(3, 2),
  ),
  compare(ops.matmul, 'x0 @ x1.mT', (a, b) => ops.matmul(a, b, { transposeB: true }), matrix, normals(4, 5)),
  compare(ops.matmul, 'x0.mT @ x0', (a) => ops.matmul(a, a, { transposeA: true }), matrix),
  compare(ops.outer, 'torch.outer(x0, x1)', ops.outer, normals(3), normals(4)),
  compare(ops.outer, 'x0.unsqueeze(-1) * x1.unsqueeze(-2)', ops.outer, normals(2, 3), normals(4)),
  compare(ops.kron, 'torch.kron(x0, x1)', ops.kron, normals(2, 3), normals(3, 2)),
  compare(ops.trace, 'torch.trace(x0)', ops.trace, matrix),
  compare(ops.diagonal, 'torch.diagonal(x0, 0, -2, -1)', (x) => ops.diagonal(x), matrices),
  compare(ops.diagonal, 'torch.diagonal(x0, 2)', (x) => ops.diagonal(x, 2), matrix),
  compare(ops.diagonal, 'torch.diagonal(x0, -1, -2, -1)', (x) => ops.diagonal(x, -1), matrices),
  compare(ops.diagonalMatrix, 'torch.diag_embed(x0)', (x) => ops.diagonalMatrix(x), matrix),
  compare(ops.diagonalMatrix, 'torch.diag_embed(x0, offset=-2)', (x) => ops.diagonalMatrix(x, -2), matrix),
];

const einsums: readonly Case[] = [
  einsum('ij,jk->ki', normals(2, 3), normals(3, 4)),
  einsum('bij,bkj->bik', matrices, normals(2, 2, 4)),
  einsum('ij,j,kj->k', normals(2, 3), normals(3), normals(4, 3)),
  einsum('iij->ji', normals(3, 3, 2)),
  einsum('ii', square),
  einsum('i,j', normals(2), normals(3)),
  einsum('...ij,...jk->...ik', normals(2, 1, 2, 3), normals(4, 3, 2)),
  einsum('b...,b->...', matrices, normals(2)),
  einsum('abc,cd,be,ad->e', matrices, normals(4, 2), normals(3, 3), normals(2, 2)),
];

function einsum<const D extends readonly Draw[]>(spec: string, ...inputs: D): Case {
  const names = inputs.map((_, k) => `x${k}`).join(', ');
  return compare(
    ops.einsum,
    `torch.einsum('${spec}', ${names})`,
    (...x) => ops.einsum(spec, ...x),
    ...inputs,
  );
}

/** PyTorch leaves the signs of the factors open; with ours the diagonal of r is positive. */
function signedQR(a: string): string {
  const signs = 'r.diagonal(0, -2, -1).sign()';
  return `(lambda q, r: (q * ${signs}.unsqueeze(-2), r * ${signs}.unsqueeze(-1)))(*torch.linalg.qr(${a}))`;
}

const symmetric = '((x0 + x0.mT) / 2)';
const positiveDefinite = { positiveDefinite: true };

const factors: readonly Case[] = [
  ...[square, squares].map((a) =>
    compare(ops.cholesky, `torch.linalg.cholesky(${symmetric})`, ops.cholesky, a),
  ),
  ...[square, squares, normals(5, 3)].map((a) =>
    compare(ops.qr, signedQR('x0'), (x) => Object.values(ops.qr(x)), a),
  ),
  compare(
    ops.qr,
    signedQR('torch.cat([x0, x1], dim=-1)'),
    (a, b) => Object.values(ops.qr(ops.concat([a, b], -1))),
    squares,
    normals(2, 3, 2),
  ),
];

const systems: readonly Case[] = [
  compare(ops.solve, 'torch.linalg.solve(x0, x1)', (a, b) => ops.solve(a, b), square, normals(4, 3)),
  compare(ops.solve, 'torch.linalg.solve(x0, x1)', (a, b) => ops.solve(a, b), squares, normals(3, 2)),
  compare(
    ops.solve,
    `torch.linalg.solve(${symmetric}, x1)`,
    (a, b) => ops.solve(a, b, positiveDefinite),
    squares,
    normals(2, 3, 1),
  ),
  compare(ops.inverse, 'torch.linalg.inv(x0)', (a) => ops.inverse(a), square),
  compare(ops.inverse, `torch.linalg.inv(${symmetric})`, (a) => ops.inverse(a, positiveDefinite), squares),
  compare(ops.determinant, 'torch.linalg.det(x0)', ops.determinant, square),
  compare(ops.determinant, 'torch.linalg.det(x0)', ops.determinant, normals(3, 2, 2)),
  compare(ops.slogdet, 'torch.linalg.slogdet(x0)', (a) => Object.values(ops.slogdet(a)), square),
  compare(ops.slogdet, 'torch.linalg.slogdet(x0)', (a) => Object.values(ops.slogdet(a)), normals(3, 2, 2)),
  compare(
    ops.triangularSolve,
    'torch.linalg.solve_triangular(x0, x1, upper=False)',
    (t, b) => ops.triangularSolve(t, b),
    square,
    normals(4, 2),
  ),
  compare(
    ops.triangularSolve,
    'torch.linalg.solve_triangular(x0, x1, upper=True)',
    (t, b) => ops.triangularSolve(t, b, { lower: false }),
    squares,
    normals(3, 2),
  ),
  compare(
    ops.triangularSolve,
    'torch.linalg.solve_triangular(x0.mT, x1, upper=True)',
    (t, b) => ops.triangularSolve(t, b, { transpose: true }),
    square,
    normals(2, 4, 1),
  ),
  compare(
    ops.triangularSolve,
    'torch.linalg.solve_triangular(x0, x1, upper=True, unitriangular=True)',
    (t, b) => ops.triangularSolve(t, b, { lower: false, unitDiagonal: true }),
    normals(3, 3),
    normals(3, 2),
  ),
];

export const linearAlgebra = [products, einsums, factors, systems].flat();
