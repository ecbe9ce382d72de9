import { spawnSync } from 'node:child_process';

const candidates = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter((path) => path !== undefined);

/** A Python that has a module. */
export function findPython(module: string): string | undefined {
  return candidates.find((path) => spawnSync(path, ['-c', `import ${module}`]).status === 0);
}
