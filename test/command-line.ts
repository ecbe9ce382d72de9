import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const main = fileURLToPath(new URL('../packages/cli/src/main.ts', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Program and arguments that run a TypeScript file on the packages' sources, whatever the working directory. */
export function sourceProgram(file: string): string[] {
  return [process.execPath, '--conditions=@reparam/source', `--import=${tsx}`, file];
}

/** Program and arguments that run `reparam` from source. */
export function commandLine(...options: string[]): string[] {
  return [...sourceProgram(main), ...options];
}

/** Runs `reparam` in a folder, to its end. */
export function reparam(
  cwd: string,
  ...options: string[]
): { code: number | null; stdout: string; stderr: string } {
  const [program, ...rest] = commandLine(...options);
  const { status, stdout, stderr } = spawnSync(program!, rest, { cwd, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}
