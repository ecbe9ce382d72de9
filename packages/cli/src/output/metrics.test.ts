import { describe, expect, test } from 'vitest';
import { UserError } from '../files/user-error.ts';
import type { EpochRow } from '../report/contents.ts';
import { encodeMetrics, parseMetrics } from './metrics.ts';

const row: EpochRow = {
  epoch: 1,
  step: 79,
  trainElbo: -180.25,
  trainReconstruction: -170.125,
  trainKl: 10.125,
  heldOutElbo: -150.5,
  heldOutReconstruction: -140,
  heldOutKl: 10.5,
  beta: 0.1,
  activeUnits: 7,
  seconds: 3.75,
};
const header =
  'epoch,step,trainElbo,trainReconstruction,trainKl,heldOutElbo,heldOutReconstruction,heldOutKl,beta,activeUnits,seconds';
const line = '1,79,-180.25,-170.125,10.125,-150.5,-140,10.5,0.1,7,3.75';

describe('metrics.csv', () => {
  test('is a header and one line an epoch', () => {
    expect(encodeMetrics([row])).toBe(`${header}\n${line}\n`);
    expect(encodeMetrics([])).toBe(`${header}\n`);
  });

  test('reads back bit for bit, awkward numbers included', () => {
    const awkward = { ...row, epoch: 2, trainElbo: -1 / 3, heldOutKl: 5e-324, seconds: 1e21, beta: 0 };
    expect(parseMetrics(encodeMetrics([row, awkward]))).toEqual([row, awkward]);
    expect(parseMetrics(`${header}\r\n${line}\r\n`)).toEqual([row]);
    expect(parseMetrics(header)).toEqual([]);
  });

  const start = '"m.csv" does not start with the header of a metrics file, which is';
  test.each([
    ['', start],
    ['a,b\n1,2\n', start],
    [`${header}\n1,2\n`, '"m.csv", line 2 has 2 cells where the header has 11 columns.'],
    [
      `${header}\n${line}\n${line.replace('-150.5', 'x')}\n`,
      '"m.csv", line 3: the column heldOutElbo is "x", but has to be a finite number.',
    ],
    [
      `${header}\n${line.replace('-150.5', '')}\n`,
      '"m.csv", line 2: the column heldOutElbo is "", but has to be a finite number.',
    ],
    [
      `${header}\n${line.replace('-150.5', 'Infinity')}\n`,
      '"m.csv", line 2: the column heldOutElbo is Infinity, but has to be a finite number.',
    ],
    [
      `${header}\n${line.replace(',79', ',7.5')}\n`,
      '"m.csv", line 2: the column step is 7.5, but has to be a whole number ≥ 0.',
    ],
    [`${header}\n"1`, '"m.csv" cannot be read as CSV: '],
  ])('refuses %j', (text, message) => {
    expect(() => parseMetrics(text, 'm.csv')).toThrow(UserError);
    expect(() => parseMetrics(text, 'm.csv')).toThrow(message);
  });

  test('refuses to write what it could not read', () => {
    expect(() => encodeMetrics([{ ...row, trainElbo: Number.NaN }])).toThrow(
      new UserError('The metrics of epoch 1: the column trainElbo is NaN, but has to be a finite number.'),
    );
  });
});
