import {
  activeRecording,
  argsort,
  constant,
  type Expression,
  fromTypedArray,
  full,
  gather,
  input,
  map,
  matmul,
  normal,
  place,
  type RandomKey,
  reduce,
  type Shape,
  type StateHolder,
  scalar,
  scalarFunctions,
  sizeOf,
  type Tensor,
  tensor,
  uniform,
  varying,
} from '@reparam/tensor';
import fc from 'fast-check';

type FloatingDType = 'float32' | 'float64';

/** A function of two tensors and a key that asks for primitives at random; equal seeds ask for the same. */
export interface RandomFunction {
  readonly dtype: FloatingDType;
  readonly run: (x: Tensor, y: Tensor, key: RandomKey) => readonly Tensor[];
}

/** What is made of tensors that are there already; `choose` gives whole numbers from 0 to below its bound. */
type Step = (pool: readonly Tensor[], choose: (bound: number) => number, key: RandomKey) => Tensor;

const mostElements = 48;
const { add, exp, less, maximum, multiply, negate, select, subtract, tanh } = scalarFunctions;
const [a, b] = [input(0), input(1)];
const unaries: readonly Expression[] = [a, negate(a), exp(a), tanh(a), multiply(a, a), add(a, constant(1))];
const binaries: readonly Expression[] = [
  add(a, b),
  multiply(a, b),
  subtract(b, a),
  maximum(a, b),
  select(less(a, b), a, b),
  b,
];
/** Numbers that simplifications look at. */
const notable = [0, -0, 1, -1, 0.5, 3];

const pick = <T>(list: readonly T[], choose: (bound: number) => number): T => list[choose(list.length)]!;
const axesOf = ({ shape }: Tensor): number[] => shape.map((_, axis) => axis);

/** One that broadcasts with x: the tensor itself, the first of its elements that there is, or a number. */
function partnerOf(x: Tensor, other: Tensor): Tensor {
  const lead = other.rank - x.rank;
  const fits = other.shape.every((length, axis) => {
    const own = axis < lead ? length : x.shape[axis - lead]!;
    return length === own || length === 1 || own === 1;
  });
  if (fits && lead <= 0) return other;
  return other.size > 0 ? other.slice(other.shape.map(() => 0)) : scalar(2, { dtype: other.dtype });
}

const steps: Readonly<Record<string, Step>> = {
  unary: (pool, choose) => map(pick(unaries, choose), [pick(pool, choose)]),
  binary: (pool, choose) => {
    const x = pick(pool, choose);
    return map(pick(binaries, choose), [x, partnerOf(x, pick(pool, choose))]);
  },
  withNumber: (pool, choose) => {
    const x = pick(pool, choose);
    const number = pick(notable, choose);
    const shape = choose(2) === 0 ? [] : x.shape;
    return map(pick(binaries, choose), [x, full(shape, number, { dtype: x.dtype })]);
  },
  withVarying: (pool, choose) => {
    const x = pick(pool, choose);
    const number = choose(5);
    return map(multiply(a, b), [x, varying(() => number, x.dtype)]);
  },
  permute: (pool, choose) => {
    const x = pick(pool, choose);
    const turn = choose(x.rank + 1);
    return x.permute(axesOf(x).map((axis) => (axis + turn) % x.rank));
  },
  slice: (pool, choose) => {
    const x = pick(pool, choose);
    const ranges = [[null, null, -1], [null, null, 2], [1, null], null, null] as const;
    return x.slice(x.shape.map((length) => (length === 0 ? null : pick(ranges, choose))));
  },
  expand: (pool, choose) => {
    const x = pick(pool, choose);
    return x.size * 2 > mostElements ? x : x.expand([2, ...x.shape]);
  },
  flatten: (pool, choose) => pick(pool, choose).reshape(choose(2) === 0 ? [-1] : [-1, 1]),
  split: (pool, choose) => {
    const x = pick(pool, choose);
    return x.size % 2 === 0 && x.size > 0 ? x.reshape([2, -1]) : x.reshape([1, ...x.shape]);
  },
  copy: (pool, choose) => pick(pool, choose).contiguous(),
  castAndBack: (pool, choose) => {
    const x = pick(pool, choose);
    return map(tanh(a), [x])
      .cast(x.dtype === 'float32' ? 'float64' : 'float32')
      .cast(x.dtype);
  },
  reduce: (pool, choose) => {
    const x = pick(pool, choose);
    const kind = pick(
      x.shape.includes(0) ? (['sum'] as const) : (['sum', 'maximum', 'product'] as const),
      choose,
    );
    const axes = axesOf(x).filter(() => choose(2) === 0);
    return reduce(kind, x, { axes, keepDims: choose(2) === 0 });
  },
  matmul: (pool, choose) => {
    const x = pick(pool, choose);
    const matrix = x.rank < 2 ? x.reshape([-1, 1]) : x;
    const [rows, columns] = matrix.shape.slice(-2) as [number, number];
    const grows = sizeOf(matrix.shape) * Math.max(rows / Math.max(columns, 1), 1) > mostElements;
    if (grows) return x;
    const right = choose(2) === 0 ? matrix.transpose() : matrix.transpose().contiguous();
    return matmul(matrix, right);
  },
  pad: (pool, choose) => {
    const x = pick(pool, choose);
    const shape = x.shape.map((length) => length + 1);
    if (sizeOf(shape) > mostElements) return x;
    return place([{ source: x, start: shape.map(() => choose(2)) }], shape, {
      dtype: x.dtype,
      fill: pick(notable, choose),
    });
  },
  concatenate: (pool, choose) => {
    const x = pick(pool, choose);
    if (x.rank === 0 || x.size * 2 > mostElements) return x;
    const [length, ...rest] = x.shape as [number, ...number[]];
    const start = (first: number): number[] => [first, ...rest.map(() => 0)];
    return place(
      [
        { source: x, start: start(0) },
        { source: map(negate(a), [x]), start: start(length) },
      ],
      [2 * length, ...rest],
      { dtype: x.dtype },
    );
  },
  gather: (pool, choose) => {
    const x = pick(pool, choose);
    if (x.rank === 0 || x.shape[0] === 0) return x;
    const indices = [0, 1, 2].slice(choose(3)).map((each) => each % x.shape[0]!);
    return gather(x, tensor(indices, { dtype: 'int32' }));
  },
  order: (pool, choose) => {
    const x = pick(pool, choose);
    return x.rank === 0 ? x : argsort(x).cast(x.dtype);
  },
  draw: (pool, choose, key) => {
    const { dtype } = pool[0]!;
    const draw = pick([normal, uniform], choose);
    return draw(key.foldIn(choose(2)), pick<Shape>([[2, 3], [3], []], choose), {
      dtype: dtype as FloatingDType,
    });
  },
};

/** A holder of zeros that is read and written while a program is recorded. */
export function holderOf(shape: Shape, dtype: FloatingDType, name: string): StateHolder {
  let held: ReturnType<StateHolder['held']> = full(shape, 0.25, { dtype });
  return {
    name,
    held: () => held,
    hold: (cell) => {
      held = cell;
    },
  };
}

/** Functions of x [2, 3] and y [3, 1] whose results are the last few tensors they make, and what states become. */
export function randomFunction(dtype: FloatingDType): fc.Arbitrary<RandomFunction> {
  const step = fc.tuple(
    fc.constantFrom(...Object.keys(steps)),
    fc.array(fc.nat(1000), { minLength: 12, maxLength: 12 }),
  );
  return fc
    .record({ list: fc.array(step, { minLength: 1, maxLength: 14 }), written: fc.nat(1000) })
    .map(({ list, written }) => {
      const holders = [[2, 3], [], [2, 3], [3, 1]].map((shape, i) => holderOf(shape, dtype, `state${i}`));
      const run = (x: Tensor, y: Tensor, key: RandomKey): readonly Tensor[] => {
        const recording = activeRecording()!;
        const pool = [x, y, ...holders.map((holder) => recording.read(holder))];
        for (const [name, choices] of list) {
          let next = 0;
          const choose = (bound: number): number => choices[next++ % choices.length]! % bound;
          pool.push(steps[name]!(pool, choose, key));
        }
        for (const [i, holder] of holders.entries()) {
          const { shape } = holder.held();
          const fitting = pool.filter((each) => String(each.shape) === String(shape));
          const next = fitting[(written >> i) % fitting.length];
          if (next) recording.write(holder, next);
        }
        return pool.slice(-4);
      };
      const text = list.map(([name, choices]) => `${name} ${choices.join(' ')}`).join('; ');
      return { dtype, run, [fc.toStringMethod]: () => `${text}; writes ${written}` };
    });
}

/** What such a function is given: x with zeros of both signs, an infinity and a number that is none. */
export function argumentsOf(dtype: FloatingDType): readonly [Tensor, Tensor] {
  const numbers = [0, -0, 1.5, -2, Infinity, Number.NaN];
  const array = dtype === 'float32' ? Float32Array.from(numbers) : Float64Array.from(numbers);
  return [fromTypedArray(array, [2, 3]), tensor([[0.1], [-3], [2]], { dtype })];
}
