import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { EpochRow } from '../report/contents.ts';
import { createProgress, type ProgressUpdate, renderBar, renderEpoch } from './progress.ts';

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
    expect(line.length).toBe(77);
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

  test('says nothing of active units before they are known', () => {
    expect(renderBar({ ...update, activeUnits: undefined }, 0.1, 80)).not.toContain('active');
  });

  test('fills in proportion', () => {
    const filled = (fraction: number) => renderBar(undefined, fraction, 47).split('█').length - 1;
    expect([filled(0), filled(0.5), filled(1)]).toEqual([0, 20, 40]);
  });
});

describe('createProgress', () => {
  test('moves one line on a terminal, and clears it at the end', () => {
    const { stream, written } = record({ isTTY: true, columns: 80 });
    const progress = createProgress(stream, 20);
    progress.start(100);
    progress.update(update);
    progress.stop();
    progress.stop();
    const text = written();
    expect(text).toContain(' 62%  ELBO -101.3  rec -78.2  KL 23.1  14 active  12k img/s  1:05 left');
    expect(text).not.toContain('\n');
    expect(text.endsWith('\x1b[1G\x1b[2K')).toBe(true);
  });

  test('leaves a line of each epoch above the bar', () => {
    const { stream, written } = record({ isTTY: true, columns: 80 });
    const progress = createProgress(stream, 20);
    progress.start(500);
    progress.update(update);
    written();
    progress.epoch(row);
    const text = written();
    expect(text).toContain(
      '\x1b[1G\x1b[2Kepoch  3/20  held-out ELBO -112.5 (rec -92.0, KL 20.5)  train -110.3  1:41\n',
    );
    expect(text.slice(text.indexOf('\n'))).toContain(' 47%');
    progress.stop();
  });

  test('writes one plain line an epoch elsewhere', () => {
    const { stream, written } = record({});
    const progress = createProgress(stream, 20);
    progress.start(100);
    progress.update(update);
    progress.epoch(row);
    progress.stop();
    expect(written()).toBe(
      'epoch  3/20  held-out ELBO -112.50 (reconstruction -92.00, KL 20.50)  train ELBO -110.25  1:41  9 active\n',
    );
  });

  test('stop before start does nothing', () => {
    const { stream, written } = record({ isTTY: true, columns: 80 });
    createProgress(stream, 20).stop();
    expect(written()).toBe('');
  });
});

describe('renderEpoch', () => {
  test.each([200, 120, 104, 103, 80, 60, 40, 20])('stays below %d columns', (columns) => {
    const far = { ...row, heldOutElbo: -98_765.4, heldOutReconstruction: -98_765.4, trainElbo: -98_765.4 };
    expect(renderEpoch(row, 20, columns).length).toBeLessThan(columns);
    expect(renderEpoch(far, 20_000, columns).length).toBeLessThan(columns);
    if (columns >= 60) expect(renderEpoch(row, 20, columns)).toContain('held-out ELBO -112.5');
  });
});
