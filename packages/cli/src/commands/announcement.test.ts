import { tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { tinyRun } from '../../../../test/support/tiny-run.ts';
import { describeSession } from './announcement.ts';
import { RunFolder } from './run-folder.ts';
import type { Session } from './session.ts';

const run = tinyRun({ latent: 2 }, { epochs: 3 });
const train = { name: 'letters', examples: tensor(Array.from({ length: 9 }, () => [0, 0, 0])) };
const session: Session = {
  folder: new RunFolder('runs/letters'),
  run,
  history: [],
  data: {
    source: { data: 'x', digits: 1, heldOut: 0.1, name: 'letters', imageShape: null, fingerprint: '' },
    dataset: train,
    train,
    heldOut: { ...train, examples: tensor([[0, 0, 0]]) },
    classNames: ['a', 'b'],
    notes: ['One remark of some length, so that it has to be broken.'],
  },
};

describe('describeSession', () => {
  test('says what is trained on what', () => {
    // 2 heads of 3·2 weights and 2 biases; a decoder of 2·3 weights and 3 biases.
    expect(describeSession(session)).toBe(
      [
        'Data      letters: 3 features',
        'Examples  9 to learn from, 1 held out to judge by',
        'Classes   a, b',
        'Note      One remark of some length, so that it has to be broken.',
        'Model     25 parameters, 2 latents',
        'Results   runs/letters (Ctrl-C saves and stops)',
      ].join('\n'),
    );
  });

  test('stays within the terminal', () => {
    for (const line of describeSession(session, 40).split('\n')) expect(line.length).toBeLessThan(40);
  });

  test('counts many classes', () => {
    const classNames = [...'abcdefghijklmnopqrstuvwxyz'];
    expect(describeSession({ ...session, data: { ...session.data, classNames } })).toContain(
      'Classes   26, from a to z\n',
    );
  });

  test('says where a resumed run stands', () => {
    // Nine examples in batches of four are three steps an epoch.
    expect(describeSession({ ...session, run: { ...run, step: 4 } })).toMatch(
      /\nGoing on from step 4, in epoch 2 of 3\.$/,
    );
    expect(describeSession({ ...session, run: { ...run, step: 9 } })).toContain('at the end of its 3 epochs');
  });
});
