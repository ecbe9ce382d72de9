import { readProblem } from '../src/vae/problem.ts';

/** The problem in a file, as arrays that say their shapes. */
export function loadProblem(path) {
  const { layout, x, noise, parameters, losses } = readProblem(path);
  const plain = (tensor) => ({ data: Float32Array.from(tensor.toTypedArray()), shape: [...tensor.shape] });
  return {
    layout,
    x: plain(x),
    noise: plain(noise),
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, each]) => [name, plain(each)])),
    steps: losses.length,
  };
}

/** The dense layers under `path`, in order: their numbers leave room for activations. */
export function denseLayers(parameters, path) {
  return [0, 2, 4].map((layer) => `${path}.${layer}`).filter((layer) => `${layer}.weight` in parameters);
}
