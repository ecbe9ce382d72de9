import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from './shell.ts';

test.each(['runs/digits', './a-b_c.d', '/tmp/ü/数字'])('leaves %s bare', (path) => {
  expect(shellWord(path)).toBe(path);
});

test
  .skipIf(process.platform === 'win32')
  .each(['my runs/a', "it's", '$HOME', '`id`', 'a;b&c|d', '*', '~', '"', "'", '\\', 'a\nb', ''])(
  'a shell reads %j back as it was',
  (path) => {
    const { stdout } = spawnSync('sh', ['-c', `printf %s ${shellWord(path)}`], { encoding: 'utf8' });
    expect(stdout).toBe(path);
  },
);
