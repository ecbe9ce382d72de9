import { gradients, parameter, type Variable, variable } from '@reparam/autograd';
import { BatchNorm, Linear, Module, perceptron } from '@reparam/nn';
import { ArgumentError, normal, RandomKey, ShapeError, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { withParameters } from './with-parameters.ts';

const key = RandomKey.fromSeed(118);
const float64 = { dtype: 'float64' } as const;

/** Two layers, one of them in an array and one in a field, and a weight that both ends share. */
class Network extends Module {
  readonly shared: Variable;
  readonly blocks: readonly Module[];
  readonly last: Linear;
  readonly norm: BatchNorm;
  readonly again: Variable;

  constructor() {
    super();
    this.shared = parameter(normal(key, [2], float64));
    this.blocks = [perceptron({ sizes: [2, 3], key, dtype: 'float64' })];
    this.last = new Linear({ inputs: 3, outputs: 2, key: key.foldIn(1), dtype: 'float64' });
    this.norm = new BatchNorm({ features: 2, dtype: 'float64' });
    this.again = this.shared;
  }

  forward(x: Variable): Variable {
    const [block] = this.blocks as unknown as [{ forward(x: Variable): Variable }];
    return this.norm.forward(this.last.forward(block.forward(x.mul(this.shared))).mul(this.again));
  }
}

const x = variable(normal(key.foldIn(2), [4, 2], float64));

/** Every parameter of the module, doubled. */
function doubled(module: Module): Map<Variable, Variable> {
  return new Map(module.parameters().map((each) => [each, each.detach().mul(2)]));
}

describe('the module', () => {
  test('computes with what stands in, in fields, arrays and nested modules, and wherever a parameter is shared', () => {
    const network = new Network();
    const expected = new Network();
    for (const each of new Set(expected.parameters())) each.assign(each.mul(2).value);
    const found = withParameters(network, doubled(network), () => network.forward(x));
    expect(found.toArray()).toEqual(expected.forward(x).toArray());
  });

  test('has its own parameters back afterwards, the very same ones', () => {
    const network = new Network();
    const before = network.namedParameters();
    withParameters(network, doubled(network), () => network.forward(x));
    const after = network.namedParameters();
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [path, each] of Object.entries(before)) expect(after[path]).toBe(each);
  });

  test('has them back when the function throws', () => {
    const network = new Network();
    const { weight } = network.last;
    const fail = (): never => {
      expect(network.last.weight).not.toBe(weight);
      throw new Error('inside');
    };
    expect(() => withParameters(network, doubled(network), fail)).toThrow('inside');
    expect(network.last.weight).toBe(weight);
  });

  test('keeps the parameters that nothing stands in for, and its buffers', () => {
    const network = new Network();
    const { weight, bias } = network.last;
    const other = weight.detach();
    withParameters(network, new Map([[weight, other]]), () => {
      expect(network.last.weight).toBe(other);
      expect(network.last.bias).toBe(bias);
      expect(Object.keys(network.namedBuffers())).toEqual(['norm.runningMean', 'norm.runningVariance']);
    });
  });

  test('passes gradients on to what the replacements were computed from', () => {
    const layer = new Linear({ inputs: 2, outputs: 1, key, bias: false, dtype: 'float64' });
    const source = parameter(tensor([[1], [3]], float64));
    const output = withParameters(layer, new Map([[layer.weight, source.mul(2)]]), () =>
      layer.forward(x).sum(),
    );
    const columns = [0, 1].map((d) => x.slice([null, d]).sum().item());
    expect(gradients(output, [source])[0]!.toArray()).toEqual(
      columns.map((sum) => [expect.closeTo(2 * sum, 13)]),
    );
    expect(gradients(output, [layer.weight])[0]!.toArray()).toEqual([[0], [0]]);
  });
});

describe('refuses', () => {
  const layer = new Linear({ inputs: 2, outputs: 1, key, dtype: 'float64' });

  test('a variable that is no parameter of the module, also inside another replacement', () => {
    const stranger = parameter(tensor([1], float64), 'stranger');
    expect(() => withParameters(layer, new Map([[stranger, stranger]]), () => 0)).toThrow(ArgumentError);
    expect(() => withParameters(layer, new Map([[stranger, stranger]]), () => 0)).toThrow(
      'withParameters: stranger, float64 [1], is no parameter of this module.',
    );
    expect(() =>
      withParameters(layer, doubled(layer), () =>
        withParameters(layer, new Map([[layer.weight, stranger]]), () => 0),
      ),
    ).toThrow('and none that another withParameters has replaced');
  });

  test('another shape, before anything is changed', () => {
    const { weight, bias } = layer;
    const replacements = new Map([
      [weight, weight.mul(2)],
      [bias!, weight],
    ]);
    expect(() => withParameters(layer, replacements, () => 0)).toThrow(ShapeError);
    expect(() => withParameters(layer, replacements, () => 0)).toThrow(
      'withParameters: bias is [1], but what is to replace it is [2, 1].',
    );
    expect(layer.weight).toBe(weight);
  });

  test('a function that waits, and puts the parameters back', () => {
    const { weight } = layer;
    const wait = async (): Promise<void> => undefined;
    expect(() => withParameters(layer, doubled(layer), wait)).toThrow(ArgumentError);
    expect(() => withParameters(layer, doubled(layer), wait)).toThrow('fn returned a promise');
    expect(layer.weight).toBe(weight);
  });
});
