import { parameter } from '@reparam/autograd';
import {
  ArgumentError,
  decodeSafetensors,
  encodeSafetensors,
  RandomKey,
  ShapeError,
  tensor,
  zeros,
} from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { Linear } from './layers/linear.ts';
import { ExponentialMovingAverage, type MovingAverageOptions } from './moving-average.ts';

/** The values that the parameter takes, the first before any update. */
const path = [1, -2, 5, 0.25, 3] as const;

function follow(options: MovingAverageOptions): number[] {
  const x = parameter(tensor([path[0]], { dtype: 'float64' }));
  const average = new ExponentialMovingAverage({ x }, options);
  return path.slice(1).map((value) => {
    x.assign(tensor([value], { dtype: 'float64' }));
    average.update();
    return average.averages().x!.item();
  });
}

describe('the average', () => {
  test('starts from the parameter: dᵗp₀ + (1−d)Σ dᵗ⁻ⁱpᵢ', () => {
    const d = 0.75;
    follow({ decay: d }).forEach((got, k) => {
      const t = k + 1;
      const seen = path.slice(1, t + 1);
      const expected = d ** t * path[0] + (1 - d) * seen.reduce((sum, p, i) => sum + d ** (k - i) * p, 0);
      expect(got).toBeCloseTo(expected, 14);
    });
  });

  test('is of the values seen alone when corrected: Σ dᵗ⁻ⁱpᵢ / Σ dᵗ⁻ⁱ', () => {
    const d = 0.75;
    follow({ decay: d, biasCorrection: true }).forEach((got, k) => {
      const seen = path.slice(1, k + 2);
      const weights = seen.map((_, i) => d ** (k - i));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const expected = seen.reduce((sum, p, i) => sum + weights[i]! * p, 0) / total;
      expect(got).toBeCloseTo(expected, 14);
    });
  });

  test('without decay is the parameter', () => {
    expect(follow({ decay: 0 })).toEqual(path.slice(1));
  });

  test.each([1, -0.1, Number.NaN])('refuses a decay of %s', (decay) => {
    const build = (): unknown => new ExponentialMovingAverage({ x: parameter(1) }, { decay });
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(`ExponentialMovingAverage: decay is ${decay}; it must be at least 0 and below 1.`);
  });
});

/** x → 2x on average, while the weight itself is 4. */
function example(): { layer: Linear; average: ExponentialMovingAverage } {
  const layer = new Linear({ inputs: 1, outputs: 1, key: RandomKey.fromSeed(1), bias: false });
  layer.loadParameters({ weight: tensor([[0]]) });
  const average = new ExponentialMovingAverage(layer, { decay: 0.5 });
  layer.loadParameters({ weight: tensor([[4]]) });
  average.update();
  return { layer, average };
}

describe('withAverages', () => {
  const x = tensor([[1]]);

  test('computes with the averages, and puts the parameters back', () => {
    const { layer, average } = example();
    expect(average.withAverages(() => layer.forward(x).item())).toBe(2);
    expect(layer.forward(x).item()).toBe(4);
  });

  test('puts them back after an error too', () => {
    const { layer, average } = example();
    expect(() =>
      average.withAverages(() => {
        throw new Error('in the middle');
      }),
    ).toThrow('in the middle');
    expect(layer.forward(x).item()).toBe(4);
  });

  test('refuses what would go on after it', () => {
    const { layer, average } = example();
    expect(() => average.withAverages(async () => 1)).toThrow(ArgumentError);
    expect(() => average.withAverages(async () => 1)).toThrow('fn is asynchronous');
    expect(layer.forward(x).item()).toBe(4);
  });

  test('the averages load into another model', () => {
    const { average } = example();
    const other = new Linear({ inputs: 1, outputs: 1, key: RandomKey.fromSeed(2), bias: false });
    other.loadParameters(average.averages());
    expect(other.forward(x).item()).toBe(2);
  });
});

describe('a saved state', () => {
  test('goes on as if never stopped', () => {
    const options = { decay: 0.7, biasCorrection: true };
    const x = parameter([1, 2]);
    const straight = new ExponentialMovingAverage({ x }, options);
    straight.update();
    const resumed = new ExponentialMovingAverage({ x }, options);
    resumed.restore(decodeSafetensors(encodeSafetensors(straight.state())).tensors);
    x.assign(tensor([-3, 7]));
    straight.update();
    resumed.update();
    expect(resumed.state()).toEqual(straight.state());
    expect(Object.keys(straight.state())).toEqual(['updates', 'average.x']);
  });

  test('of other parameters is refused, and changes nothing', () => {
    const { average } = example();
    const before = average.state();
    const wrong = { ...before, 'average.weight': zeros([2, 1]) };
    expect(() => average.restore(wrong)).toThrow(ShapeError);
    expect(() => average.restore(wrong)).toThrow(
      'ExponentialMovingAverage.restore: average.weight was saved',
    );
    const negative = { ...before, updates: tensor(-1, { dtype: 'int32' }) };
    expect(() => average.restore(negative)).toThrow('updates is -1; it must be a whole number ≥ 0.');
    expect(average.state()).toEqual(before);
  });
});
