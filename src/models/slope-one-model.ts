import { AppError } from '../base/error.ts';
import type { Csr } from '../base/sparse.ts';
import { type ModelParts, packedSize, packModel, unpackModel } from './model-bytes.ts';
import type { TasteModel } from './recommender.ts';
import { rowsFromFloats, rowsToFloats, squareOf, upperTriangle } from './square-matrix.ts';

/** What a fitted Slope One is made of. */
export interface SlopeOneParts {
  readonly scale: { readonly min: number; readonly max: number };
  /** Mean of all ratings. */
  readonly mean: number;
  /** Mean rating of each customer, and of each thing; `mean` for those without ratings. */
  readonly userMeans: Float32Array;
  readonly itemMeans: Float32Array;
  /**
   * dev_ij, things × things, row-major: by how much i is rated above j by those who rated both; NOBODY where there are too
   * few of them, and on the diagonal.
   */
  readonly deviations: Float32Array;
  /** What each customer has rated. */
  readonly rated: Omit<Csr, 'values'>;
}

/** In place of a deviation that nobody's ratings tell: the largest float32, since model bytes hold finite numbers. */
export const NOBODY = 3.4028234663852886e38;

const KIND = 'slope-one-taste/1';
const NUMBERS = ['mean', 'min', 'max'] as const;
const ARRAYS = ['userMeans', 'itemMeans', 'deviations', 'counts', 'entries'] as const;

/**
 * r̂_ui = mean_u + (Σ_{j ∈ R_i(u)} dev_ij) / |R_i(u)|, where R_i(u) is what the customer rated and others rated together
 * with i (Lemire & Maclachlan 2005, eq. 4, the unweighted scheme, as Surprise has it). Without any such thing: the
 * customer's mean (Surprise has the overall mean for things nobody rated: 0.946 on its five folds of MovieLens 100K, and
 * 0.944 this way); for a customer without ratings: the thing's mean. A customer's own rating of the thing asked for says
 * nothing here. Clipped to the scale.
 */
export class SlopeOneModel implements TasteModel {
  readonly name = 'slopeOne';
  readonly head = 'taste';

  constructor(readonly parts: SlopeOneParts) {}

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array): SlopeOneModel {
    const { numbers, arrays } = unpackModel(bytes, KIND, NUMBERS, ARRAYS, ({ arrays: a }) => {
      const items = a.itemMeans.length;
      return a.counts.length === a.userMeans.length && a.deviations.length === (items * (items - 1)) / 2;
    });
    const { userMeans, itemMeans } = arrays;
    const rated = rowsFromFloats(arrays, itemMeans.length);
    if (!rated) throw new AppError('projectDamaged');
    const below = (above: number) => (above === NOBODY ? NOBODY : -above);
    return new SlopeOneModel({
      scale: { min: numbers.min, max: numbers.max },
      mean: numbers.mean,
      userMeans,
      itemMeans,
      deviations: squareOf(arrays.deviations, itemMeans.length, NOBODY, below),
      rated,
    });
  }

  async predict(users: Uint32Array, items: Uint32Array): Promise<Float32Array> {
    const { min, max } = this.parts.scale;
    return Float32Array.from(users, (user, p) => Math.min(max, Math.max(min, this.#score(user, items[p]))));
  }

  /** Half the square of things, 2 bytes for every two of them, and 4 bytes a rating: 30 MB for MovieLens 1M. */
  toBytes(): Uint8Array {
    return packModel(this.#packed());
  }

  size(): number {
    return packedSize(this.#packed());
  }

  #packed(): ModelParts {
    const { scale, mean, userMeans, itemMeans, deviations, rated } = this.parts;
    const triangle = upperTriangle(deviations, itemMeans.length);
    return {
      kind: KIND,
      numbers: { mean, min: scale.min, max: scale.max },
      arrays: { userMeans, itemMeans, deviations: triangle, ...rowsToFloats(rated) },
    };
  }

  destroy(): void {}

  #score(user: number, item: number): number {
    const { mean, userMeans, itemMeans, deviations, rated } = this.parts;
    const { pointers, indices } = rated;
    const known = itemMeans.length;
    const to = pointers[user + 1] ?? 0;
    if (!(to > pointers[user])) return itemMeans[item] ?? mean;
    let sum = 0;
    let count = 0;
    if (item < known) {
      for (let e = pointers[user]; e < to; e++) {
        const deviation = deviations[item * known + indices[e]];
        if (deviation === NOBODY) continue;
        sum += deviation;
        count++;
      }
    }
    return userMeans[user] + (count === 0 ? 0 : sum / count);
  }
}
