import { tensor } from '@reparam/tensor';
import type { Kink, OperationRecord } from '../operation.ts';
import { sum } from '../ops/reductions.ts';
import { vjp } from '../transforms.ts';
import { checkGradients } from './check-gradients.ts';

/** What checking one operation of the table found: the worst over all of its samples. */
export interface OperationCheck {
  readonly name: string;
  readonly kind: OperationRecord['kind'];
  readonly firstOrder: number;
  readonly secondOrder: number;
  readonly adjointness: number;
  readonly kinks: { readonly kept: number; readonly promised: number };
  readonly comparisons: number;
  readonly ok: boolean;
}

/** Checks an operation at its samples, first and second order, and its promises at kinks exactly. */
export function checkOperation(operation: OperationRecord): OperationCheck {
  const reports = operation.samples.flatMap(({ run, inputs }) => {
    const check = (order: 1 | 2) => checkGradients(run, inputs, { order, onFailure: 'report' });
    return [check(1), check(2)];
  });
  const worst = (order: 1 | 2): number =>
    Math.max(...reports.filter((report) => report.order === order).map((report) => report.worst.error));
  const kept = operation.kinks.filter(keepsPromise).length;
  return {
    name: operation.name,
    kind: operation.kind,
    firstOrder: worst(1),
    secondOrder: worst(2),
    adjointness: Math.max(...reports.map((report) => report.adjointness)),
    kinks: { kept, promised: operation.kinks.length },
    comparisons: reports.reduce((total, report) => total + report.comparisons, 0),
    ok: reports.length > 0 && reports.every((report) => report.ok) && kept === operation.kinks.length,
  };
}

function keepsPromise({ run, inputs, cotangents }: Kink): boolean {
  const point = inputs.map((input) => tensor(input, { dtype: 'float64' }));
  const { output, pullback } = vjp((...x) => sum(run(...x)), ...point);
  const got = pullback(tensor(1, { dtype: output.dtype }));
  return got.every((gradient, k) => {
    const promised = tensor(cotangents[k]!, { dtype: 'float64' }).toTypedArray();
    return gradient.value.toTypedArray().every((value, i) => value === promised[i]);
  });
}
