/**
 * NeuMF (He et al. 2017, "Neural Collaborative Filtering", eq. 12) on TensorFlow.js:
 *
 *   product = p_u ⊙ q_i                                    (generalized matrix factorization)
 *   hidden  = relu(Wᵤ s_u + Wᵢ t_i + c₁); top = relu(W₂ hidden + c₂)                  (tower)
 *   y       = base + b_u + b_i + b + h_p·product + h_t·top
 *
 * with separate embeddings per branch. The biases are this product's addition: with them the taste
 * head starts from the customer's and product's level and the branches only learn what is left.
 */

import {
  addColumns,
  DenseAdam,
  denseColumn,
  denseRelu,
  hadamard,
  logisticLoss,
  squaredLoss,
} from '../compute/tfjs/dense.ts';
import { lend } from '../compute/tfjs/scope.ts';
import type { BatchRows, EmbeddingTable, TableState, Tensor1D, Tensor2D, TfjsRuntime } from '../compute/tfjs.ts';
import { LossSum } from './loss-sum.ts';
import type { Batch } from './neumf-batches.ts';
import type { NeuMfOptions } from './neumf-options.ts';
import {
  denseLayout,
  type NeuMfShape,
  type NeuMfWeights,
  TABLES,
  type TableName,
  tableShape,
} from './neumf-weights.ts';
import type { Head } from './recommender.ts';

type Gathered = Readonly<Record<TableName, Tensor2D>>;

/** Everything trained, moments included, as plain arrays by name. */
export type NetworkState = Record<string, Float32Array>;

export class NeuMfNetwork {
  readonly #runtime: TfjsRuntime;
  readonly #tables: Readonly<Record<TableName, EmbeddingTable>>;
  readonly #dense: DenseAdam;
  readonly #users: BatchRows;
  readonly #items: BatchRows;
  /** 1 × batch of ones, for the gradients of biases. */
  readonly #ones: Tensor2D;
  /** batch × 1 of ones: no padding in this batch. */
  readonly #allCount: Tensor2D;
  readonly #losses: LossSum;
  #destroyed = false;

  constructor(
    runtime: TfjsRuntime,
    readonly head: Head,
    readonly shape: NeuMfShape,
    readonly options: NeuMfOptions,
    weights: NeuMfWeights,
  ) {
    this.#runtime = runtime;
    runtime.activate();
    const { tf } = runtime;
    this.#tables = Object.fromEntries(
      TABLES.map(({ name }) => [name, runtime.table(weights[name], ...tableShape(name, shape))]),
    ) as Record<TableName, EmbeddingTable>;
    this.#dense = new DenseAdam(tf, weights.dense);
    this.#users = runtime.batchRows(shape.users, options.batchSize);
    this.#items = runtime.batchRows(shape.items, options.batchSize);
    this.#ones = tf.ones([1, options.batchSize]);
    this.#allCount = tf.ones([options.batchSize, 1]);
    this.#losses = new LossSum(runtime);
  }

  /** One Adam step on one batch; its summed loss is added to what `takeLoss` will return. `step` counts from 1. */
  async train(batch: Batch, step: number, learningRate: number): Promise<void> {
    const runtime = this.#runtime;
    const { tf } = runtime;
    runtime.activate();
    const { embedding } = this.shape;
    this.#users.assign(batch.users, batch.count);
    this.#items.assign(batch.items, batch.count);
    const layout = denseLayout(embedding);

    const slopes = () => {
      const gathered = TABLES.map(({ name, side }) =>
        this.#tables[name].gather(side === 'user' ? this.#users : this.#items),
      );
      const targets = tf.tensor2d(batch.targets, [batch.targets.length, 1]);
      const counts =
        batch.count === batch.targets.length
          ? this.#allCount
          : tf.tensor2d(
              Float32Array.from(batch.targets, (_, e) => (e < batch.count ? 1 : 0)),
              [batch.targets.length, 1],
            );
      const loss = this.head === 'taste' ? squaredLoss : logisticLoss;
      const { value, grads } = tf.valueAndGrads((...tensors) => {
        const rows = Object.fromEntries(TABLES.map(({ name }, at) => [name, tensors[at]])) as unknown as Gathered;
        return loss(tf, this.#forward(rows, tensors.slice(TABLES.length) as Tensor2D[]), targets, counts);
      })([...gathered, ...this.#denseMatrices()]);

      const dense = tf.concat1d(grads.slice(TABLES.length).map((gradient) => tf.reshape(gradient, [-1]) as Tensor1D));
      if (layout.length !== grads.length - TABLES.length) throw new RangeError('NeuMF: gradients do not match layers');
      return { loss: value, dense, rows: grads.slice(0, TABLES.length) as Tensor2D[] };
    };
    const adam = { count: step, learningRate };
    await lend(tf, slopes, async ({ loss, dense, rows }) => {
      this.#losses.add(loss);
      this.#dense.update(() => dense, adam);
      dense.dispose();
      for (const [at, { name, side, branch }] of TABLES.entries()) {
        const batchRows = side === 'user' ? this.#users : this.#items;
        await this.#tables[name].update(rows[at], batchRows, adam, this.#regularization(branch));
        rows[at].dispose();
      }
    });
  }

  /** The summed loss since the last call: one read per epoch. */
  takeLoss(): Promise<number> {
    return this.#losses.take();
  }

  async weights(): Promise<NeuMfWeights> {
    const entries = await Promise.all(TABLES.map(async ({ name }) => [name, await this.#tables[name].read()] as const));
    const dense = await this.#runtime.read(this.#dense.values);
    return { ...(Object.fromEntries(entries) as Record<TableName, Float32Array>), dense: dense.slice() };
  }

  /** Weights and moments, under names `restore` understands. */
  async state(): Promise<NetworkState> {
    const state: NetworkState = {};
    for (const { name } of TABLES) {
      const { values, first, second } = await this.#tables[name].readState();
      state[name] = values;
      state[`${name}.first`] = first;
      state[`${name}.second`] = second;
    }
    for (const part of ['values', 'first', 'second'] as const) {
      const name = part === 'values' ? 'dense' : `dense.${part}`;
      state[name] = (await this.#runtime.read(this.#dense[part])).slice();
    }
    return state;
  }

  restore(state: Readonly<NetworkState>): void {
    this.#runtime.activate();
    for (const { name } of TABLES) {
      const restored: TableState = {
        values: state[name],
        first: state[`${name}.first`],
        second: state[`${name}.second`],
      };
      this.#tables[name].restore(restored);
    }
    this.#dense.restore(state['dense'], state['dense.first'], state['dense.second']);
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const { name } of TABLES) this.#tables[name].destroy();
    this.#users.destroy();
    this.#items.destroy();
    this.#dense.destroy();
    this.#ones.dispose();
    this.#allCount.dispose();
    this.#losses.destroy();
  }

  /** y without `base` (B × 1) from gathered rows and the dense layers in `denseLayout` order. */
  #forward(rows: Gathered, dense: readonly Tensor2D[]): Tensor2D {
    const { tf } = this.#runtime;
    const [userHidden, itemHidden, hiddenBias, topHidden, topBias, productOut, towerOut, bias] = dense;
    const hidden = denseRelu(
      tf,
      [
        { x: rows.userTower, w: userHidden },
        { x: rows.itemTower, w: itemHidden },
      ],
      hiddenBias,
      this.#ones,
    );
    const top = denseRelu(tf, [{ x: hidden, w: topHidden }], topBias, this.#ones);
    const product = hadamard(tf, rows.userProduct, rows.itemProduct);
    const branches = [denseColumn(tf, product, productOut), denseColumn(tf, top, towerOut)];
    return addColumns(tf, [...branches, rows.userBias, rows.itemBias], bias, this.#ones);
  }

  #denseMatrices(): Tensor2D[] {
    const { tf } = this.#runtime;
    let at = 0;
    return denseLayout(this.shape.embedding).map(({ shape }) => {
      const size = shape[0] * shape[1];
      const matrix = tf.reshape(tf.slice(this.#dense.values, [at], [size]), [shape[0], shape[1]]) as Tensor2D;
      at += size;
      return matrix;
    });
  }

  #regularization(branch: (typeof TABLES)[number]['branch']): number {
    const { productRegularization, towerRegularization, biasRegularization } = this.options;
    const lambda = { product: productRegularization, tower: towerRegularization, bias: biasRegularization }[branch];
    // The loss is Σ e², not ½ Σ e²: its gradient carries a 2, so λ‖x‖² must too. Cross-entropy has none.
    return this.head === 'taste' ? 2 * lambda : lambda;
  }
}
