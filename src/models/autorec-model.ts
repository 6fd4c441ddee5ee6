import { packModel, unpackModel } from './model-bytes.ts';
import type { TasteModel } from './recommender.ts';

/** What a fitted AutoRec is made of: r̂_ui = μ + b_u + b_i + unit · (d_u + W_u · h_i), clipped to the scale. */
export interface AutoRecParts {
  readonly hidden: number;
  readonly mean: number;
  /** Stars in one unit of the network's numbers. */
  readonly unit: number;
  readonly scale: { readonly min: number; readonly max: number };
  /** b_u + unit · d_u: the customer's level, from averages and from the network. */
  readonly userBias: Float32Array;
  readonly itemBias: Float32Array;
  /** W, customers × hidden. */
  readonly decoder: Float32Array;
  /** h, things × hidden: the network's view of each thing once all its ratings are in. */
  readonly codes: Float32Array;
}

const KIND = 'autorec-taste/1';
const NUMBERS = ['hidden', 'mean', 'unit', 'min', 'max'] as const;
const ARRAYS = ['userBias', 'itemBias', 'decoder', 'codes'] as const;

/**
 * Predicts ratings of the customers and things it was trained on; a thing's code needs the encoder and
 * all its ratings, so codes are made once, when training ends. A customer who was not there has no row of
 * the decoder and would have to be trained: this is a TasteModel and no FoldableTaste.
 */
export class AutoRecModel implements TasteModel {
  readonly name = 'autorec';
  readonly head = 'taste';

  constructor(readonly parts: AutoRecParts) {}

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array): AutoRecModel {
    const { numbers, arrays } = unpackModel(
      bytes,
      KIND,
      NUMBERS,
      ARRAYS,
      ({ numbers: n, arrays: a }) =>
        n.hidden >= 1 &&
        a.decoder.length === a.userBias.length * n.hidden &&
        a.codes.length === a.itemBias.length * n.hidden,
    );
    const { hidden, mean, unit, min, max } = numbers;
    return new AutoRecModel({ hidden, mean, unit, scale: { min, max }, ...arrays });
  }

  async predict(users: Uint32Array, items: Uint32Array): Promise<Float32Array> {
    const { hidden, mean, unit, scale, userBias, itemBias, decoder, codes } = this.parts;
    return Float32Array.from(users, (user, p) => {
      const item = items[p];
      let sum = 0;
      for (let f = 0; f < hidden; f++) sum += decoder[user * hidden + f] * codes[item * hidden + f];
      return Math.min(scale.max, Math.max(scale.min, mean + userBias[user] + itemBias[item] + unit * sum));
    });
  }

  toBytes(): Uint8Array {
    const { hidden, mean, unit, scale, ...arrays } = this.parts;
    return packModel({ kind: KIND, numbers: { hidden, mean, unit, ...scale }, arrays });
  }

  destroy(): void {}
}
