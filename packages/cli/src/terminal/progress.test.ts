import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { EpochRow } from '../report/contents.ts';
import { createProgress, type ProgressUpdate, renderBar } from './progress.ts';

const update: ProgressUpdate = {
  step: 62,
  elbo: -101.32,
  reconstruction: -78.2,
  kl: 23.12,
  activeUnits: 14,
  imagesPerSecond: 12_345,
  secondsLeft: 65,
};
const row: EpochRow = {
  epoch: 3,
  step: 237,
  trainElbo: -110.25,
  trainReconstruction: -90.125,
  trainKl: 20.125,
  heldOutElbo: -112.5,
  heldOutReconstruction: -92,
  heldOutKl: 20.5,
  beta: 1,
  activeUnits: 9,
  seconds: 101,
};

function record(properties: object): { stream: PassThrough; written: () => string } {
  const stream = Object.assign(new PassThrough(), properties);
  return { stream, written: () => String(stream.read() ?? '') };
}

describe('renderBar', () => {
  test('shows every figure within 80 columns', () => {
    const line = renderBar(update, 0.62, 80);
    for (const figure of [
      '62%',
      'ELBO -101.3',
      'rec -78.2',
      'KL 23.1',
      '14 active',
      '12k img/s',
      '1:05 left',
    ]) {
      expect(line).toContain(figure);
    }
    expect(line.length).toBe(79);
  });

  test.each([200, 120, 80, 60, 40, 20, 10])('never reaches %d columns, whatever the numbers', (columns) => {
    const wide = {
      ...update,
      elbo: -98_765.4,
      reconstruction: -98_765.4,
      kl: 1234.5,
      activeUnits: 1000,
      secondsLeft: 1e6,
    };
    for (const fraction of [0, 0.5, 1]) {
      expect(renderBar(update, fraction, columns).length).toBeLessThan(columns);
      expect(renderBar(wide, fraction, columns).length).toBeLessThan(columns);
      expect(renderBar(undefined, fraction, columns).length).toBeLessThan(columns);
    }
  });

  test('fills in proportion', () => {
    const filled = (fraction: number) => renderBar(undefined, fraction, 45).split('█').length - 1;
    expect([filled(0), filled(0.5), filled(1)]).toEqual([0, 20, 40]);
  });
});

describe('createProgress', () => {
  test('draws one moving line on a terminal and ends it', () => {
    const { stream, written } = record({ isTTY: true, columns: 80 });
    const progress = createProgress(stream, 20);
    progress.start(100);
    progress.update(update);
    progress.epoch(row);
    progress.stop();
    progress.stop();
    const text = written();
    expect(text).toContain(' 62%  ELBO -101.3  rec -78.2  KL 23.1  14 active  12k img/s  1:05 left');
    expect(text.endsWith('\n')).toBe(true);
    expect(text.trimEnd()).not.toContain('\n');
  });

  test('writes one plain line an epoch elsewhere', () => {
    const { stream, written } = record({});
    const progress = createProgress(stream, 20);
    progress.start(100);
    progress.update(update);
    progress.epoch(row);
    progress.stop();
    expect(written()).toBe(
      'epoch  3/20  held-out ELBO -112.50  train ELBO -110.25  reconstruction -90.13  KL 20.13  active 9  1:41\n',
    );
  });

  test('stop before start does nothing', () => {
    const { stream, written } = record({ isTTY: true, columns: 80 });
    createProgress(stream, 20).stop();
    expect(written()).toBe('');
  });
});
