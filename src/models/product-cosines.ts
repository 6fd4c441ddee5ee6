import { type Csr, transpose } from '../base/sparse.ts';
import { choiceCounts } from './popularity-order.ts';

/** Numbers kept of rows worked out before, 32 MB: the same products stand in many lists. */
const NUMBERS_KEPT = 8_000_000;

/**
 * Cosine of two products' columns of choices, chosen or not: n_ab / √(n_a n_b), 0 with a product nobody chose. Given one
 * row at a time: walking the histories of those who chose a product finds everything it was ever chosen with, and skips
 * all that it was not.
 */
export class ProductCosines {
  readonly #byUser: Csr;
  /** Turned round when the first row is asked for: popularity alone does without. */
  #byItem: Csr | null = null;
  readonly #counts: Uint32Array;
  /** 1 / √n of each product somebody chose. */
  readonly #inverseLengths: Float64Array;
  readonly #rows = new Map<number, Float32Array>();
  readonly #mostRows: number;

  /** `chosen`: customers × products, an entry for each choice; values are not looked at. */
  constructor(chosen: Csr) {
    this.#byUser = chosen;
    this.#counts = choiceCounts(chosen);
    this.#inverseLengths = Float64Array.from(this.#counts, (count) => 1 / Math.sqrt(Math.max(1, count)));
    this.#mostRows = Math.max(16, Math.floor(NUMBERS_KEPT / Math.max(1, chosen.columns)));
  }

  /** Customers who chose each product. */
  get counts(): Uint32Array {
    return this.#counts;
  }

  /** Cosines of a product to every product, itself included (1, where anybody chose it). The caller's to read. */
  to(product: number): Float32Array {
    const known = this.#rows.get(product);
    if (known) {
      // A map keeps the order of its entries: what was asked for last stands last.
      this.#rows.delete(product);
      this.#rows.set(product, known);
      return known;
    }
    if (!(product >= 0 && product < this.#byUser.columns)) {
      throw new RangeError(`product ${product} of ${this.#byUser.columns}`);
    }
    const row = this.#row(product);
    if (this.#rows.size >= this.#mostRows) {
      // The one that was not asked for longest goes.
      for (const oldest of this.#rows.keys()) {
        this.#rows.delete(oldest);
        break;
      }
    }
    this.#rows.set(product, row);
    return row;
  }

  #row(product: number): Float32Array {
    const { pointers, indices } = this.#byUser;
    const row = new Float32Array(this.#counts.length);
    this.#byItem ??= transpose(this.#byUser);
    const choosers = this.#byItem;
    for (let at = choosers.pointers[product]; at < choosers.pointers[product + 1]; at++) {
      const user = choosers.indices[at];
      for (let e = pointers[user]; e < pointers[user + 1]; e++) row[indices[e]]++;
    }
    const own = this.#inverseLengths[product];
    for (let item = 0; item < row.length; item++) if (row[item] !== 0) row[item] *= own * this.#inverseLengths[item];
    return row;
  }
}
