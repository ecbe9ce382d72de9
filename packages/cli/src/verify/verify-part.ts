import { finish, type GroundTruth, type Progress } from '@reparam/vae';
import type { PartOutcome } from './outcome.ts';

/** Puts a question to the library; what goes wrong on the way is part of the outcome. */
export function verifyPart(truth: GroundTruth, onProgress?: (progress: Progress) => void): PartOutcome {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  try {
    const { checks, pictures } = finish(truth.verify(), onProgress);
    return {
      seconds: seconds(),
      checks,
      pictures: pictures.map(({ title, values }) => {
        const [height, width] = values.shape as readonly [number, number];
        return { title, height, width, values: Float64Array.from(values.toTypedArray()) };
      }),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { seconds: seconds(), checks: [], pictures: [], error: message };
  }
}
