import { describe, expect, test } from 'vitest';
import { callSiteOf, formatCallSite, parseStack } from './call-site.ts';

const stackOf = (stack: string): Error => Object.assign(new Error('x'), { stack });

describe('parseStack', () => {
  test('reads V8: Node, Chrome and Edge', () => {
    const stack = [
      'Error: where (an operation) was called',
      '    at apply (file:///home/me/my%20app/node_modules/@reparam/autograd/dist/tape.js:57:30)',
      '    at new Model (/home/me/app/train.ts:41:20)',
      '    at C:\\app\\train.js:3:7',
      '    at Array.map (<anonymous>)',
      '    at async ModuleJob.run (node:internal/modules/esm/module_job:343:25)',
      '    at async main (https://example.org/app.js?v=2:9:1)',
      '    at <anonymous> (webpack-internal:///./src/a.js:1:2)',
    ].join('\n');
    expect(parseStack(stack)).toEqual([
      {
        file: 'file:///home/me/my%20app/node_modules/@reparam/autograd/dist/tape.js',
        line: 57,
        column: 30,
        functionName: 'apply',
      },
      { file: '/home/me/app/train.ts', line: 41, column: 20, functionName: 'Model' },
      { file: 'C:\\app\\train.js', line: 3, column: 7 },
      { file: 'https://example.org/app.js?v=2', line: 9, column: 1, functionName: 'main' },
      { file: 'webpack-internal:///./src/a.js', line: 1, column: 2 },
    ]);
  });

  test('reads Firefox and Safari', () => {
    const stack =
      'fit@https://example.org/app.js:41:20\n@https://example.org/app.js:3:7\nmap@[native code]\n';
    expect(parseStack(stack)).toEqual([
      { file: 'https://example.org/app.js', line: 41, column: 20, functionName: 'fit' },
      { file: 'https://example.org/app.js', line: 3, column: 7 },
    ]);
  });
});

describe('callSiteOf', () => {
  const installed = (modules: string, kind: string): string =>
    [
      'Error',
      `    at captureStack (${modules}tensor/${kind}:9:1)`,
      `    at apply (${modules}autograd/dist/tape.js:5:5)`,
      `    at softplus (${modules}vae/dist/models/encoder.js:7:3)`,
      `    at fit (${modules}other/dist/index.js:2:2)`,
    ].join('\n');

  test.each([
    ['file:///app/node_modules/@reparam/', 'dist/call-site.js'],
    ['/home/ada/packages/', 'src/call-site.ts'],
    ['https://cdn.example.org/@reparam/', 'dist/call-site.js'],
    ['C:\\app\\node_modules\\@reparam\\', 'dist\\call-site.js'],
  ])('passes over the packages of this library in %s', (modules, own) => {
    const slashes = modules.includes('\\') ? '\\' : '/';
    const stack = installed(modules, own).replaceAll('/', slashes);
    expect(callSiteOf(stackOf(stack))).toMatchObject({ line: 2, functionName: 'fit' });
  });

  test('takes a folder that only looks like one of them for what it is', () => {
    const stack = [
      'Error',
      '    at captureStack (/a/tensor/dist/call-site.js:9:1)',
      '    at train (/b/vae/dist/train.js:1:1)',
    ];
    expect(callSiteOf(stackOf(stack.join('\n')))).toMatchObject({ file: '/b/vae/dist/train.js' });
  });

  test('does not guess in a bundle', () => {
    expect(
      callSiteOf(
        stackOf('Error\n    at a (https://x.org/bundle.js:1:2)\n    at b (https://x.org/bundle.js:3:4)'),
      ),
    ).toBe(undefined);
    expect(callSiteOf(stackOf(''))).toBe(undefined);
  });
});

test('formatCallSite: as editors and terminals make a link of it', () => {
  expect(formatCallSite({ file: 'file:///app/train.ts', line: 41, column: 20, functionName: 'fit' })).toBe(
    '/app/train.ts:41:20 (fit)',
  );
  expect(formatCallSite({ file: 'https://x.org/a.js', line: 1, column: 2 })).toBe('https://x.org/a.js:1:2');
});
