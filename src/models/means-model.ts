import { packModel, unpackModel } from './model-bytes.ts';
import type { TasteModel } from './recommender.ts';

/** What fitted averages are made of: r̂_ui = μ + b_u + b_i, clipped to the scale. */
export interface MeansParts {
  readonly mean: number;
  readonly scale: { readonly min: number; readonly max: number };
  /** How generous each customer is, in stars; 0 for one without ratings. */
  readonly userBias: Float32Array;
  /** How well-liked each thing is, in stars; 0 for one nobody rated. */
  readonly itemBias: Float32Array;
}

const KIND = 'means-taste/1';
const NUMBERS = ['mean', 'min', 'max'] as const;
const ARRAYS = ['userBias', 'itemBias'] as const;

/** Averages with shrinkage. A row it does not know has bias 0: what is left is the other side's average. */
export class MeansModel implements TasteModel {
  readonly name = 'means';
  readonly head = 'taste';

  constructor(readonly parts: MeansParts) {}

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array): MeansModel {
    const { numbers, arrays } = unpackModel(bytes, KIND, NUMBERS, ARRAYS, ({ numbers: n }) => n.min <= n.max);
    const { mean, min, max } = numbers;
    return new MeansModel({ mean, scale: { min, max }, ...arrays });
  }

  async predict(users: Uint32Array, items: Uint32Array): Promise<Float32Array> {
    const { mean, scale, userBias, itemBias } = this.parts;
    return Float32Array.from(users, (user, p) =>
      Math.min(scale.max, Math.max(scale.min, mean + (userBias[user] ?? 0) + (itemBias[items[p]] ?? 0))),
    );
  }

  /** 4 bytes for each customer and each thing. */
  toBytes(): Uint8Array {
    const { mean, scale, userBias, itemBias } = this.parts;
    const { min, max } = scale;
    return packModel({ kind: KIND, numbers: { mean, min, max }, arrays: { userBias, itemBias } });
  }

  destroy(): void {}
}
