import { AppError } from '../base/error.ts';
import { createPacer } from '../base/pacer.ts';
import type { Csr } from '../base/sparse.ts';
import { TopK } from '../base/top-k.ts';
import { type ModelParts, packedSize, packModel, unpackModel } from './model-bytes.ts';
import type { NeighbourModelName } from './neighbour-similarity.ts';
import type { TasteModel } from './recommender.ts';
import { rowsFromFloats, rowsToFloats, squareOf, upperTriangle } from './square-matrix.ts';

/** What fitted neighbours of ratings are made of. */
export interface NeighbourParts {
  /** At most so many neighbours have a say in one prediction, and it takes at least so many. */
  readonly neighbours: number;
  readonly minimumNeighbours: number;
  readonly scale: { readonly min: number; readonly max: number };
  readonly mean: number;
  readonly userBias: Float32Array;
  readonly itemBias: Float32Array;
  /** Customers × customers or things × things, row-major, symmetric, 0 on the diagonal. */
  readonly similarity: Float32Array;
  /**
   * r − b of the ratings: by thing where customers are the neighbours (who has rated it?), by customer where things are
   * (what have they rated?). Its columns are the rows of `similarity`.
   */
  readonly residuals: Csr;
}

/** Pairs predicted between two looks at the clock. */
const PAIRS_AT_ONCE = 256;

const NUMBERS = ['neighbours', 'minimumNeighbours', 'mean', 'min', 'max'] as const;
const ARRAYS = ['userBias', 'itemBias', 'similarity', 'counts', 'entries', 'residuals'] as const;
const kindOf = (name: NeighbourModelName) => `${name}-taste/1`;

/**
 * Neighbours on top of averages (Koren 2010, "Factor in the neighbors", eq. 3; Surprise's KNNBaseline): with b = μ + b_u +
 * b_i and N the most similar customers who rated i, r̂_ui = b_ui + Σ_{v ∈ N} s_uv (r_vi − b_vi) / Σ_{v ∈ N} s_uv; with
 * things as neighbours, N is the things most similar to i that u rated. Only those with a positive similarity count; ties
 * go to the lower row. Where there are too few, or a row is not known, b_ui is the answer. A rating never has a say in
 * its own prediction. Clipped to the scale.
 */
export class NeighboursTasteModel implements TasteModel {
  readonly head = 'taste';

  constructor(
    readonly name: NeighbourModelName,
    readonly parts: NeighbourParts,
  ) {}

  /** What `toBytes` of a model of this name wrote. Throws AppError `projectDamaged`. */
  static fromBytes(name: NeighbourModelName, bytes: Uint8Array): NeighboursTasteModel {
    const { numbers, arrays } = unpackModel(bytes, kindOf(name), NUMBERS, ARRAYS, ({ numbers: n, arrays: a }) => {
      const [own, rows] = name === 'userNeighbours' ? [a.userBias, a.itemBias] : [a.itemBias, a.userBias];
      return (
        n.neighbours >= 1 &&
        a.similarity.length === (own.length * (own.length - 1)) / 2 &&
        a.counts.length === rows.length &&
        a.entries.length === a.residuals.length
      );
    });
    const { userBias, itemBias, similarity, residuals } = arrays;
    const size = name === 'userNeighbours' ? userBias.length : itemBias.length;
    const rated = rowsFromFloats(arrays, size);
    if (!rated) throw new AppError('projectDamaged');
    const { min, max, ...rest } = numbers;
    return new NeighboursTasteModel(name, {
      ...rest,
      scale: { min, max },
      userBias,
      itemBias,
      similarity: squareOf(similarity, size, 0, (above) => above),
      residuals: { ...rated, values: residuals },
    });
  }

  async predict(users: Uint32Array, items: Uint32Array): Promise<Float32Array> {
    const { neighbours, scale, residuals } = this.parts;
    const best = new TopK(Math.min(neighbours, residuals.columns));
    const predicted = new Float32Array(users.length);
    const pace = createPacer();
    for (let p = 0; p < users.length; p++) {
      predicted[p] = Math.min(scale.max, Math.max(scale.min, this.#score(users[p], items[p], best)));
      if (p % PAIRS_AT_ONCE === 0 && pace.due()) await pace.turn();
    }
    return predicted;
  }

  /**
   * 2 bytes for every two rows that are compared and 8 a rating: 33 MB for the things of MovieLens 1M, 77 MB for its
   * customers.
   */
  toBytes(): Uint8Array {
    return packModel(this.#packed());
  }

  size(): number {
    return packedSize(this.#packed());
  }

  #packed(): ModelParts {
    const { neighbours, minimumNeighbours, scale, mean, userBias, itemBias, similarity, residuals } = this.parts;
    return {
      kind: kindOf(this.name),
      numbers: { neighbours, minimumNeighbours, mean, min: scale.min, max: scale.max },
      arrays: {
        userBias,
        itemBias,
        similarity: upperTriangle(similarity, residuals.columns),
        ...rowsToFloats(residuals),
        residuals: residuals.values,
      },
    };
  }

  destroy(): void {}

  #score(user: number, item: number, best: TopK): number {
    const { minimumNeighbours, mean, userBias, itemBias, similarity, residuals } = this.parts;
    const { pointers, indices, values, columns } = residuals;
    const baseline = mean + (userBias[user] ?? 0) + (itemBias[item] ?? 0);
    const [own, row] = this.name === 'userNeighbours' ? [user, item] : [item, user];
    if (!(own < columns && row < residuals.rows)) return baseline;
    const base = own * columns;
    let least = 0;
    // Entries come by ascending row: among equals the first ones stay.
    for (let e = pointers[row]; e < pointers[row + 1]; e++) {
      const alike = similarity[base + indices[e]];
      if (!(alike > least)) continue;
      best.offer(e, alike);
      least = Math.max(0, best.threshold);
    }
    let count = 0;
    let sum = 0;
    let weights = 0;
    best.take((e, alike) => {
      count++;
      sum += alike * values[e];
      weights += alike;
    });
    return count < Math.max(1, minimumNeighbours) ? baseline : baseline + sum / weights;
  }
}
