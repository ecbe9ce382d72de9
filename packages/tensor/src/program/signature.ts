import { RandomKey } from '../random/key.ts';
import { formatShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { type LeafWrapper, mapLeaves } from './structure.ts';

/** Objects that are compared by what they are. */
const identities = new WeakMap<object, number>();
let nextIdentity = 0;

function identityOf(value: object): number {
  let identity = identities.get(value);
  if (identity === undefined) {
    identity = nextIdentity++;
    identities.set(value, identity);
  }
  return identity;
}

/** Arguments apart: tensors and keys, and a text that says what else there is and where. */
export interface Signature {
  readonly text: string;
  readonly tensors: readonly Tensor[];
  readonly keys: readonly RandomKey[];
}

/**
 * Arguments with equal texts can be given to the same program: tensors of the same shapes and types, and the same
 * other values.
 */
export function signatureOf(args: readonly unknown[], wrappers: readonly LeafWrapper[]): Signature {
  const tensors: Tensor[] = [];
  const keys: RandomKey[] = [];
  const described = mapLeaves(
    args,
    {
      tensor: (x) => {
        tensors.push(x);
        return x;
      },
      key: (key) => {
        keys.push(key);
        return key;
      },
    },
    wrappers,
  );
  const text = JSON.stringify(described, (_, value: unknown) => describe(value, wrappers)) ?? '';
  return { text, tensors, keys };
}

function describe(value: unknown, wrappers: readonly LeafWrapper[]): unknown {
  if (value instanceof Tensor) return `tensor ${value.dtype} ${formatShape(value.shape)}`;
  if (value instanceof RandomKey) return 'key';
  const wrapper = wrappers.find(({ holds }) => holds(value));
  if (wrapper) return `wrapped ${describe(wrapper.tensorIn(value), wrappers) as string}`;
  if (typeof value === 'string') return `text ${value}`;
  if (value === undefined) return 'undefined';
  if (typeof value === 'number') return Object.is(value, -0) ? 'number -0' : `number ${value}`;
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    return typeof value === 'function' ? `function ${identityOf(value)}` : String(value);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? value : `object ${identityOf(value)}`;
}
