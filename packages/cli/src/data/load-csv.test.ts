import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../files/user-error.ts';
import { loadCsv } from './load-csv.ts';
import type { LoadedDataset } from './loaded.ts';

function load(text: string): LoadedDataset {
  return loadCsv({ path: 't.csv', name: 't.csv', bytes: new TextEncoder().encode(text) });
}

function summarise({ dataset, notes }: LoadedDataset) {
  return {
    examples: dataset.examples.toArray(),
    labels: dataset.labels?.toArray(),
    imageShape: dataset.imageShape,
    notes,
  };
}

const gaussian = (low: number, high: number) =>
  `The values run from ${low} to ${high}, which suits a Gaussian likelihood; a Bernoulli one takes 0 to 1.`;

describe('CSV', () => {
  test('rows of numbers without a header', () => {
    expect(summarise(load('0.5,1\n0,.25\n1e-1,+1.\n'))).toEqual({
      examples: [
        [0.5, 1],
        [0, 0.25],
        [Math.fround(0.1), 1],
      ],
      labels: undefined,
      imageShape: undefined,
      notes: [],
    });
  });

  test.each([
    ['a header', 'width,height\n0,1\n1,0\n'],
    ['a byte order mark and Windows line ends', '\ufeffwidth,height\r\n0,1\r\n1,0\r\n'],
    ['semicolons', 'width;height\n0;1\n1;0\n'],
    ['tabs, and no last line end', 'width\theight\n0\t1\n1\t0'],
    ['quotes, spaces and empty lines', '"width","height"\n\n 0 ,"1"\n\n1, 0 \n\n'],
    ['row numbers as pandas writes them', ',width,height\n0,0,1\n1,1,0\n'],
  ])('reads %s', (_, text) => {
    expect(load(text).dataset.examples.toArray()).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  test('says that row numbers are left out', () => {
    expect(load(',a\n0,1\n').notes).toEqual([
      'The first column has no name; it was taken for row numbers and left out.',
    ]);
  });

  test.each([
    ['label', 'label,a,b\n7,0,1\n3,1,0\n'],
    ['Class', 'a,Class,b\n0,7,1\n1,3,0\n'],
    ['target', 'a,b,target\n0,1,7\n1,0,3\n'],
    [' y', 'a,b, y\n0,1, 7\n1,0, 3\n'],
  ])('a column named %s holds the class', (_, text) => {
    expect(summarise(load(text))).toMatchObject({
      examples: [
        [0, 1],
        [1, 0],
      ],
      labels: [7, 3],
      notes: [],
    });
  });

  test('classes that are words are numbered alphabetically', () => {
    const { dataset, classNames, notes } = load('a,class\n0,x\n1,setosa\n0,virginica\n1,setosa\n');
    expect(dataset.labels!.toArray()).toEqual([2, 0, 1, 0]);
    expect(classNames).toEqual(['setosa', 'virginica', 'x']);
    expect(notes).toEqual([]);
  });

  test('a y with fractions is data and keeps its place', () => {
    expect(summarise(load('y,x\n0.5,1\n0.25,0\n'))).toEqual({
      examples: [
        [0.5, 1],
        [0.25, 0],
      ],
      labels: undefined,
      imageShape: undefined,
      notes: ['The numbers in column 1 ("y") are not whole; they were taken for data, not for classes.'],
    });
    expect(load('x,y,z\n1,0.5,2\n3,-1,4\n').dataset.examples.toArray()).toEqual([
      [1, 0.5, 2],
      [3, -1, 4],
    ]);
  });

  test('tables of image bytes are images, with or without a label in front', () => {
    const bytes = Array.from({ length: 64 }, (_, i) => i * 4);
    const scaled = bytes.map((value) => Math.fround(value / 255));
    const divided = 'The values are whole numbers from 0 to 255 and were divided by 255.';
    const guessed = 'Rows of 64 values from 0 to 1 are taken as images of 8 × 8 pixels.';
    const image = { examples: [scaled, scaled], imageShape: [8, 8] };
    expect(summarise(load(`${bytes}\n${bytes}\n`))).toMatchObject({ ...image, notes: [divided, guessed] });
    expect(summarise(load(`5,${bytes}\n9,${bytes}\n`))).toMatchObject({
      ...image,
      labels: [5, 9],
      notes: ['The first of the 65 columns was taken for the label.', divided, guessed],
    });
    // Kaggle names the pixels by number.
    const header = `label,${bytes.map((_, i) => i)}`;
    expect(summarise(load(`${header}\n5,${bytes}\n9,${bytes}\n`))).toMatchObject({
      ...image,
      labels: [5, 9],
    });
  });

  test('narrow tables keep their whole numbers', () => {
    const { dataset, notes } = load('3,200\n4,100\n');
    expect(dataset.examples.toArray()).toEqual([
      [3, 200],
      [4, 100],
    ]);
    expect(notes).toEqual(['The values are whole numbers from 0 to 255, left as they are.']);
    expect(load('-3,200\n').notes).toEqual([
      `${gaussian(-3, 200)} Columns of mean 0 and standard deviation 1 are learned better.`,
    ]);
  });

  test('many rows arrive in order', () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `${i},${-i},${i / 2}`);
    const { examples } = load(rows.join('\n')).dataset;
    expect(examples.shape).toEqual([30_000, 3]);
    expect([...examples.toTypedArray().subarray(-3)]).toEqual([29_999, -29_999, 14_999.5]);
  });

  const wayOut =
    'write a number there, remove the column, or name it "label" in a header line if it is the class.';
  test.each([
    ['1,2\n3\n', '"t.csv", line 2 has 1 cell, but the first line has 2: every line needs the same number.'],
    [
      'a,b\n1,2\n\n3,4,5\n',
      '"t.csv", line 4 has 3 cells, but the first line has 2: every line needs the same number.',
    ],
    ['1,2\n3,\n', '"t.csv", line 2, column 2 is empty: fill it, or remove the line.'],
    ['a,b\n1, \n', '"t.csv", line 2, column 2 ("b") is empty: fill it, or remove the line.'],
    [
      'a,b\n1,2\n3,NaN\n',
      '"t.csv", line 3, column 2 ("b") is NaN, not a finite number: fill it, or remove the line.',
    ],
    ['1,-inf\n', '"t.csv", line 1, column 2 is -inf, not a finite number: fill it, or remove the line.'],
    ['1,1e39\n', '"t.csv", line 1, column 2 is 1e39, too large for float32: scale the column.'],
    ['5.1,3.5,setosa\n', `"t.csv", line 1, column 3 is "setosa", not a number: ${wayOut}`],
    ['a,b\n1,0x10\n', `"t.csv", line 2, column 2 ("b") is "0x10", not a number: ${wayOut}`],
    [
      `a\n${'z'.repeat(99)}\n`,
      `"t.csv", line 2, column 1 ("a") is "${'z'.repeat(24)}…", not a number: ${wayOut}`,
    ],
    [
      'a,label\n1,\n',
      '"t.csv", line 2, column 2 ("label") is empty: give every line its class, or remove the line.',
    ],
    ['label,y,a\n1,2,3\n', '"t.csv" has two columns for the class, "label" and "y": rename one of them.'],
    [',label\n1,2\n', '"t.csv" has no column of numbers to learn from: add some.'],
    ['a,b\n', '"t.csv" has no line of numbers: give a table with one example a line.'],
    ['\n\n', '"t.csv" has no line of numbers: give a table with one example a line.'],
    [
      'a,b\n1,"2\n3,4\n',
      '"t.csv" is not a sound table: a quotation mark is opened but never closed, near line 3.',
    ],
    [
      'a,b\n1,"2"3\n',
      '"t.csv" is not a sound table: there is text right after a closing quotation mark, near line 2.',
    ],
    [
      'a,b\n1,2"3\n',
      '"t.csv" is not a sound table: there is a quotation mark in the middle of a cell, near line 2.',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => load(text)).toThrow(new UserError(message));
  });

  test('whatever the text, it is read as finite numbers or refused in a sentence', () => {
    const cell = fc.constantFrom(
      '0',
      '1.5',
      '-2e3',
      '',
      ' ',
      '"',
      '"a"',
      'x',
      'NaN',
      '1e999',
      'label',
      'y',
      '255',
    );
    const separator = fc.constantFrom(',', ',', ',', '\n', '\n', ';', '\t', '\r\n', '');
    const text = fc.array(fc.tuple(cell, separator), { maxLength: 30 }).map((parts) => parts.flat().join(''));
    fc.assert(
      fc.property(text, (contents) => {
        try {
          const { examples, labels } = load(contents).dataset;
          expect(examples.toTypedArray().every(Number.isFinite)).toBe(true);
          expect(examples.size).toBeGreaterThan(0);
          if (labels) expect(labels.shape).toEqual([examples.shape[0]]);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 3000, seed: 1 },
    );
  });
});
