import {
  lessEqual,
  matmul,
  mul,
  type Operand,
  softmax,
  toVariable,
  type Variable,
  where,
} from '@reparam/autograd';
import { ArgumentError, arange, formatShape, type RandomKey, ShapeError } from '@reparam/tensor';
import { requireCount } from '../arguments.ts';
import { Module } from '../module.ts';
import type { ForwardOptions } from './forward-options.ts';
import type { FloatingType, Initializer } from './initializers.ts';
import { Linear } from './linear.ts';

export interface MultiHeadAttentionOptions {
  /** Features of queries and of the result. */
  readonly features: number;
  /** In how many parts the features attend separately; it divides `features`. */
  readonly heads: number;
  readonly key: RandomKey;
  /** Features of the context attended to; as many as `features` unless told. */
  readonly contextFeatures?: number;
  /** Whether a position attends only to itself and those before it; false unless told. */
  readonly causal?: boolean;
  /** Of all four maps; Glorot uniform unless told. */
  readonly initializer?: Initializer;
  /** Whether the four maps add biases; true unless told. */
  readonly bias?: boolean;
  readonly dtype?: FloatingType;
}

export interface AttentionOptions extends ForwardOptions {
  /** What is attended to, [N, S, contextFeatures]; x itself unless told. */
  readonly context?: Operand;
  /**
   * Not 0 where a query may attend: broadcasts to [N, T, S], so [N, 1, S] hides padding. A query that may attend
   * nowhere gets zeros for its values.
   */
  readonly mask?: Operand;
}

/** Scores of hidden positions: their exponentials are exactly 0 beside any other, and a row of them stays finite. */
const hidden = -1e30;

/**
 * Multi-head attention (Vaswani et al. 2017, section 3.2): softmax(QKᵀ/√d)·V in each head, with Q from x [N, T, features]
 * and K, V from the context [N, S, contextFeatures] by learned maps, and one more map over the heads together:
 * → [N, T, features].
 */
export class MultiHeadAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  readonly heads: number;
  readonly causal: boolean;

  /** @throws ArgumentError unless the counts are whole numbers above 0 and the heads divide the features. */
  constructor({
    features,
    heads,
    key,
    contextFeatures = features,
    causal = false,
    ...shared
  }: MultiHeadAttentionOptions) {
    super();
    requireCount('MultiHeadAttention', 'features', features);
    requireCount('MultiHeadAttention', 'contextFeatures', contextFeatures);
    requireCount('MultiHeadAttention', 'heads', heads);
    if (features % heads !== 0) {
      throw new ArgumentError(
        'MultiHeadAttention',
        'heads',
        heads,
        `${features} features do not divide into ${heads} heads.`,
      );
    }
    const map = (part: number, inputs: number): Linear =>
      new Linear({ inputs, outputs: features, key: key.foldIn(part), ...shared });
    this.query = map(0, features);
    this.key = map(1, contextFeatures);
    this.value = map(2, contextFeatures);
    this.output = map(3, features);
    this.heads = heads;
    this.causal = causal;
  }

  /** @throws ShapeError when x, the context or the mask do not fit. */
  forward(x: Operand, { context = x, mask }: AttentionOptions = {}): Variable {
    const dtype = this.query.weight.dtype;
    const queries = toVariable(x, dtype);
    const attended = toVariable(context, dtype);
    this.#requireSequences(queries, attended);
    const [batch, length, features] = queries.shape as readonly [number, number, number];
    const span = attended.shape[1]!;
    const q = this.#split(this.query.forward(queries));
    const k = this.#split(this.key.forward(attended));
    const v = this.#split(this.value.forward(attended));
    const scores = matmul(q, k, { transposeB: true }).mul(1 / Math.sqrt(features / this.heads));
    const allowed = this.#allowed(batch, length, span, mask);
    const mixed = matmul(attend(scores, allowed), v);
    return this.output.forward(mixed.permute([0, 2, 1, 3]).reshape([batch, length, features]));
  }

  /** [N, T, features] → [N, heads, T, features/heads] */
  #split(x: Variable): Variable {
    const [batch, length, features] = x.shape as readonly [number, number, number];
    return x.reshape([batch, length, this.heads, features / this.heads]).permute([0, 2, 1, 3]);
  }

  /** Not 0 where a query may attend, broadcasting to [N, heads, T, S]; undefined for everywhere. */
  #allowed(batch: number, length: number, span: number, mask: Operand | undefined): Variable | undefined {
    const dtype = this.query.weight.dtype;
    const given = mask === undefined ? undefined : perHead(toVariable(mask, dtype), [batch, length, span]);
    const chosen = given?.cast(dtype);
    if (!this.causal) return chosen;
    const earlier = lessEqual(
      arange(0, span, 1, { dtype }).reshape([1, span]),
      arange(0, length, 1, { dtype }).reshape([length, 1]),
    );
    return chosen ? mul(chosen, earlier) : earlier;
  }

  #requireSequences(x: Variable, context: Variable): void {
    const shapes = { x: x.shape, context: context.shape };
    for (const [name, shape] of Object.entries(shapes)) {
      if (shape.length === 3) continue;
      throw new ShapeError(
        'MultiHeadAttention',
        `${name} is ${formatShape(shape)}, but must be [N, length, features].` +
          (shape.length === 2 ? ' For one sequence use reshape([1, length, features]).' : ''),
        shapes,
      );
    }
    if (x.shape[0] !== context.shape[0]) {
      throw new ShapeError(
        'MultiHeadAttention',
        `x is ${formatShape(x.shape)} but the context is ${formatShape(context.shape)}: axis 0, the batch, differs.`,
        shapes,
      );
    }
    if (context.shape[1] === 0 || (this.causal && x.shape[1] !== context.shape[1])) {
      throw new ShapeError(
        'MultiHeadAttention',
        `x is ${formatShape(x.shape)} and the context is ${formatShape(context.shape)}: ` +
          (this.causal
            ? 'a causal layer needs sequences of the same length above 0.'
            : 'there is nothing to attend to.'),
        shapes,
      );
    }
  }
}

/** Attention weights; all 0 in rows that may attend nowhere. */
function attend(scores: Variable, allowed: Variable | undefined): Variable {
  if (allowed === undefined) return softmax(scores);
  return where(allowed, softmax(where(allowed, scores, hidden)), 0);
}

/** A mask that broadcasts to [N, T, S] with an axis for the heads. */
function perHead(mask: Variable, target: readonly [number, number, number]): Variable {
  const lifted = [1, 1, 1, ...mask.shape].slice(-Math.max(3, mask.rank));
  if (mask.rank > 3 || lifted.some((length, axis) => length !== 1 && length !== target[axis])) {
    throw new ShapeError(
      'MultiHeadAttention',
      `the mask is ${formatShape(mask.shape)}, but must broadcast to [N, T, S] = ${formatShape(target)}.`,
      { mask: mask.shape, target },
    );
  }
  const [batch, length, span] = lifted as [number, number, number];
  return mask.reshape([batch, 1, length, span]);
}
