import type { OperationRecord, Sample } from '../../operation.ts';
import { type TapeNode, tapeOf } from '../../tape.ts';
import { Variable } from '../../variable.ts';
import { adjointTolerance, holds, type PreparedCheck, prepareCheck } from '../check-gradients.ts';
import { accumulates, keepsPromise } from '../check-operation.ts';
import { kinksOf, repeatedArguments, samplesOf } from '../implied-samples.ts';
import { type Reading, readings, relativeError } from '../readings.ts';

/**
 * The checks of one operation, made ready to be run over and over: the comparisons of `checkOperation`, but the
 * differences are taken once, with the rules as they should be, and the first wrong number ends a run.
 */
export class OperationBench {
  readonly operation: OperationRecord;
  readonly #samples: readonly SampleBench[];

  constructor(operation: OperationRecord) {
    this.operation = operation;
    // Small samples first: most mistakes show in any.
    this.#samples = samplesOf(operation)
      .toSorted((a, b) => sizeOfSample(a) - sizeOfSample(b))
      .map((sample) => {
        const secondOrder = prepareCheck(sample.run, sample.inputs, { order: 2 });
        return {
          sample,
          firstOrder: prepareCheck(sample.run, sample.inputs, { order: 1 }),
          secondOrder,
          secondDerivatives: [...allReadings(secondOrder)].flatMap(derivatives),
        };
      });
  }

  /** What the checks of an order put on the tape. */
  tape(order: 1 | 2): TapeNode[] {
    return this.#samples
      .map(({ firstOrder, secondOrder }) => (order === 1 ? firstOrder : secondOrder))
      .flatMap(({ ways, measurement: { point } }) =>
        ways.flatMap(({ fn }) => tapeOf(fn(...point.map((x) => new Variable(x, { requiresGrad: true }))))),
      );
  }

  /** Whether the first-order comparisons, the repeated arguments and the kinks find fault with the rules as they are. */
  rejectsFirstOrder(): boolean {
    return (
      this.#samples.some(({ firstOrder }) => disagrees(firstOrder, 1)) ||
      this.#samples.some(({ sample }) => !repeatedArguments(sample).every(accumulates)) ||
      this.rejectsKinks()
    );
  }

  /** Whether the promises at kinks are broken, also that both modes are linear there. */
  rejectsKinks(): boolean {
    return !kinksOf(this.operation).every(keepsPromise);
  }

  /** Whether the second-order comparisons do, with differences taken of the rules as they are. */
  rejectsSecondOrder(): boolean {
    return this.#samples.some(({ sample: { run, inputs } }) =>
      disagrees(prepareCheck(run, inputs, { order: 2 }), 2),
    );
  }

  /** Second derivatives by the rules as they are, up to rounding, beside those by the rules as they should be. */
  compareSecondOrder(): 'wrong' | 'different' | 'same' {
    let different = false;
    for (const { secondOrder, secondDerivatives } of this.#samples) {
      let position = 0;
      for (const reading of allReadings(secondOrder)) {
        if (!holds(reading, 2)) return 'wrong';
        for (const value of derivatives(reading)) {
          different ||= relativeError(value, secondDerivatives[position++]!) > adjointTolerance;
        }
      }
    }
    return different ? 'different' : 'same';
  }
}

interface SampleBench {
  readonly sample: Sample;
  readonly firstOrder: PreparedCheck;
  readonly secondOrder: PreparedCheck;
  readonly secondDerivatives: readonly number[];
}

function* allReadings({ ways, measurement }: PreparedCheck): Generator<Reading> {
  for (const { fn } of ways) yield* readings(fn, measurement);
}

function derivatives({ reverse, forward }: Reading): number[] {
  return [reverse, forward];
}

function disagrees(check: PreparedCheck, order: 1 | 2): boolean {
  for (const reading of allReadings(check)) if (!holds(reading, order)) return true;
  return false;
}

function sizeOfSample({ inputs }: Sample): number {
  return inputs.reduce((total, { size }) => total + size, 0);
}
