import { scalarFunctions as f } from '@reparam/tensor';
import { define, pairs, real } from './define.ts';

// 1 or 0 in the operands' type, without gradients. Comparisons with NaN are false, but NaN is not equal to anything.
export const less = define({ name: 'less', at: pairs }, f.less);
export const lessEqual = define({ name: 'lessEqual', at: pairs }, f.lessEqual);
export const greater = define({ name: 'greater', at: pairs }, (a, b) => f.less(b, a));
export const greaterEqual = define({ name: 'greaterEqual', at: pairs }, (a, b) => f.lessEqual(b, a));
export const equal = define({ name: 'equal', at: pairs }, f.equal);
export const notEqual = define({ name: 'notEqual', at: pairs }, f.notEqual);

const finite = define({ name: 'isFinite', at: real }, f.isFinite);
const notANumber = define({ name: 'isNaN', at: real }, f.isNaN);

// Under other names here, so that they do not hide JavaScript's own.
export { finite as isFinite, notANumber as isNaN };

// 0 is false, all else is true, also NaN.
export const logicalAnd = define({ name: 'logicalAnd', at: pairs }, f.logicalAnd);
export const logicalOr = define({ name: 'logicalOr', at: pairs }, f.logicalOr);
export const logicalNot = define({ name: 'logicalNot', at: real }, f.logicalNot);
