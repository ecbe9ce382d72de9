import { describe, expect, test } from 'vitest';
import { logOfFraction, writeNormalPair } from './box-muller.ts';

describe('logOfFraction', () => {
  test('agrees with Math.log to 4 units in the last place', () => {
    const numerators = [1, 2, 3, 5, 7, 1000, 2 ** 31 - 1, 2 ** 31, 3037000499, 3037000500, 2 ** 32 - 1];
    for (const numerator of numerators) {
      const expected = Math.log(numerator / 2 ** 32);
      expect(Math.abs(logOfFraction(numerator, 32) / expected - 1)).toBeLessThan(4 * 2 ** -52);
    }
    for (const numerator of [1, 2 ** 32, 2 ** 52 + 1, 2 ** 53 - 1, 6369051672525772, 6369051672525773]) {
      const expected = Math.log(numerator / 2 ** 53);
      expect(Math.abs(logOfFraction(numerator, 53) / expected - 1)).toBeLessThan(4 * 2 ** -52);
    }
  });

  test('is exactly zero at one', () => {
    expect(logOfFraction(2 ** 32, 32)).toBe(0);
    expect(logOfFraction(2 ** 53, 53)).toBe(0);
  });
});

describe('writeNormalPair', () => {
  test('agrees with the formula in Math over the whole circle', () => {
    const pair = new Float64Array(2);
    for (let i = 0; i < 4096; i++) {
      const turn = i / 4096 + 2 ** -40;
      const numerator = 2 ** 53 - i * 2 ** 40 - 12345;
      writeNormalPair(pair, 0, numerator, 53, turn);
      const radius = Math.sqrt(-2 * Math.log(numerator / 2 ** 53));
      expect(Math.abs(pair[0]! - radius * Math.cos(2 * Math.PI * turn))).toBeLessThan(1e-14);
      expect(Math.abs(pair[1]! - radius * Math.sin(2 * Math.PI * turn))).toBeLessThan(1e-14);
    }
  });

  test('is exact at quarter turns, where radius² = −2 ln ½', () => {
    const radius = Math.sqrt(2 * Math.LN2);
    const expected = [
      [radius, 0],
      [0, radius],
      [-radius, 0],
      [0, -radius],
    ];
    expected.forEach(([cosine, sine], quarter) => {
      const pair = new Float64Array(2);
      writeNormalPair(pair, 0, 2 ** 31, 32, quarter / 4);
      expect(pair[0]! + 0).toBe(cosine! + 0);
      expect(pair[1]! + 0).toBe(sine! + 0);
    });
  });

  test('drops the second number at the end of the array', () => {
    const out = new Float32Array(1);
    writeNormalPair(out, 0, 2 ** 31, 32, 0);
    expect(out[0]).toBe(Math.fround(Math.sqrt(2 * Math.LN2)));
  });
});
