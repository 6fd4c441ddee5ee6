/**
 * One customer's own part of what NeuMF was trained on, the products and the dense layers as they are. With θ = [product
 * embedding (E), tower embedding (E), bias] and y_j(θ) the score of product j, a history h of n of the N products asks for
 *
 *   L_h(θ) = Σ_{i ∈ h} −ln σ(y_i) + f_n Σ_{j ∉ h} −ln(1 − σ(y_j)) + ½ e_n Σ_c λ_c θ_c²,
 *
 * f_n = m n / (N − n) and e_n = n (1 + m): m products are drawn for each that was chosen, and λ counts once for each
 * training example, as in training; only that training never draws what a customer had and did not choose (rated low),
 * which a history does not say and which counts here like any other product. Between the kinks of relu y is linear in θ,
 * so that the Gauss-Newton matrix
 * H_h = Σ_j w_j σ(y_j)(1 − σ(y_j)) J_j J_jᵀ + e_n Λ, J_j = ∂y_j/∂θ, is the Hessian there.
 */
import { gram } from './customer-solve.ts';
import type { NeuMfForward } from './neumf-forward.ts';
import type { NeuMfPenalties } from './neumf-options.ts';

/** Products that stand for the whole catalogue in questions about one customer: they can only be asked about these. */
export interface Pool {
  /** Ascending. */
  readonly items: Uint32Array;
  /** How many products of the catalogue each of them stands for while it is not in the history. */
  readonly standsFor: Float64Array;
}

/**
 * `own` and the `others` drawn from all that is not among them, which share the rest of the catalogue; `added` come in
 * with what they are themselves. None of `others` may be in `own`.
 */
export function poolOf(own: Uint32Array, others: Uint32Array, added: Uint32Array, catalogue: number): Pool {
  const share = others.length > 0 ? (catalogue - own.length) / others.length : 0;
  const standsFor = new Map<number, number>();
  for (const item of added) standsFor.set(item, 0);
  for (const item of others) standsFor.set(item, share);
  for (const item of own) standsFor.set(item, 1);
  const items = Uint32Array.from(standsFor.keys()).sort();
  return { items, standsFor: Float64Array.from(items, (item) => standsFor.get(item) ?? 0) };
}

/** L_h by the products of a pool: how much each of them says that it was chosen, and that it was drawn. */
export interface Terms {
  readonly chosen: Float64Array;
  /** Below 0 for a product of the history that others are drawn to stand for: they have counted it already. */
  readonly drawn: Float64Array;
  /** e_n */
  readonly examples: number;
}

/** A customer's scores of the products of a pool at one θ, and how they move with it. */
export interface Point {
  readonly parameters: ArrayLike<number>;
  readonly scores: Float64Array;
  /** size × products of the pool: a row for each number of θ. */
  readonly slopes: Float64Array;
}

/** σ(y) */
export function logistic(y: number): number {
  return y >= 0 ? 1 / (1 + Math.exp(-y)) : Math.exp(y) / (1 + Math.exp(y));
}

/** ln(1 + eʸ) */
function softplus(y: number): number {
  return Math.max(y, 0) + Math.log1p(Math.exp(-Math.abs(y)));
}

/** λ below which the matrix could not be told from one that has no inverse. */
const LEAST_LAMBDA = 1e-4;

export class NeuMfObjective {
  /** Numbers in θ: 2E + 1. */
  readonly size: number;

  constructor(
    readonly forward: NeuMfForward,
    /** N and E. */
    readonly catalogue: number,
    readonly embedding: number,
    readonly penalties: NeuMfPenalties,
  ) {
    this.size = 2 * embedding + 1;
  }

  /** f_n */
  drawnEach(n: number): number {
    return n < this.catalogue ? (this.penalties.negatives * n) / (this.catalogue - n) : 0;
  }

  /** `n` is the length of the history unless another one's weights are wanted. All of `history` is in the pool. */
  terms({ items, standsFor }: Pool, history: Uint32Array, n = history.length): Terms {
    const each = this.drawnEach(n);
    const inHistory = new Set(history);
    const chosen = Float64Array.from(items, (item) => (inHistory.has(item) ? 1 : 0));
    return {
      chosen,
      drawn: standsFor.map((count, e) => each * (count - chosen[e])),
      examples: n * (n < this.catalogue ? 1 + this.penalties.negatives : 1),
    };
  }

  at({ items }: Pool, parameters: ArrayLike<number>): Point {
    const count = items.length;
    const scores = new Float64Array(count);
    const slopes = new Float64Array(this.size * count);
    const row = this.forward.rowFrom(parameters);
    for (let e = 0; e < count; e++) scores[e] = this.forward.differentiate(row, items[e], slopes, e, count);
    return { parameters, scores, slopes };
  }

  loss({ items }: Pool, { chosen, drawn, examples }: Terms, parameters: ArrayLike<number>): number {
    const row = this.forward.rowFrom(parameters);
    let sum = 0;
    for (let e = 0; e < items.length; e++) {
      const y = this.forward.scoreFor(row, items[e]);
      sum += chosen[e] * softplus(-y) + drawn[e] * softplus(y);
    }
    for (let c = 0; c < this.size; c++) sum += 0.5 * examples * this.lambda(c) * parameters[c] ** 2;
    return sum;
  }

  /** ∇L_h */
  gradient({ chosen, drawn, examples }: Terms, { parameters, scores, slopes }: Point): Float64Array {
    const count = scores.length;
    const errors = scores.map((y, e) => (chosen[e] + drawn[e]) * logistic(y) - chosen[e]);
    const gradient = new Float64Array(this.size);
    for (let c = 0, at = 0; c < this.size; c++) {
      let sum = examples * this.lambda(c) * parameters[c];
      for (let e = 0; e < count; e++, at++) sum += errors[e] * slopes[at];
      gradient[c] = sum;
    }
    return gradient;
  }

  /** H_h, the lower triangle of size × size. Positive definite for a history of something, whatever the λ. */
  curvature({ chosen, drawn, examples }: Terms, { scores, slopes }: Point): Float64Array {
    const { size } = this;
    const count = scores.length;
    const roots = scores.map((y, e) => Math.sqrt(curve(chosen[e] + drawn[e], y)));
    const weighted = new Float64Array(slopes.length);
    for (let c = 0, at = 0; c < size; c++) for (let e = 0; e < count; e++, at++) weighted[at] = roots[e] * slopes[at];
    const matrix = new Float64Array(size * size);
    gram(weighted, size, count, matrix);
    for (let c = 0; c < size; c++) matrix[c * size + c] += examples * Math.max(LEAST_LAMBDA, this.lambda(c));
    return matrix;
  }

  /** λ of the c-th number of θ. */
  lambda(c: number): number {
    const { productRegularization, towerRegularization, biasRegularization } = this.penalties;
    if (c < this.embedding) return productRegularization;
    return c < 2 * this.embedding ? towerRegularization : biasRegularization;
  }
}

/** w σ(y)(1 − σ(y)); what would bend the wrong way is taken for flat. */
export function curve(weight: number, y: number): number {
  const p = logistic(y);
  return Math.max(0, weight) * p * (1 - p);
}
