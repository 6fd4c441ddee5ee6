import { type AutoencoderProblem, dealItems } from './autoencoder.ts';

/**
 * The ratings of an autoencoder laid out for its two passes. Things stand in the order of their batches
 * ("places"); within a batch the same entries are listed again by customer, so that every customer's
 * gradient is one run of entries and nobody else writes to it.
 */
export interface AutoencoderPlan {
  /** The thing at each place. */
  readonly items: Uint32Array;
  readonly batches: readonly AutoencoderBatch[];
  /** By place: entries of place p are pointers[p] … pointers[p + 1] − 1. */
  readonly pointers: Uint32Array;
  readonly users: Uint32Array;
  readonly values: Float32Array;
  /** By place. */
  readonly inputScale: Float32Array;
  /** Every (batch, customer) that meet: the customer, what share of their ratings it is, and their run. */
  readonly touched: Uint32Array;
  readonly share: Float32Array;
  /** touched t owns positions starts[t] … starts[t + 1] − 1 of the two below. */
  readonly starts: Uint32Array;
  /** Which entry (of `values`), in ascending order within a run. */
  readonly entries: Uint32Array;
  /** Its place within the batch, from 0. */
  readonly rows: Uint32Array;
}

/** Half-open ranges of places and of `touched`. */
export interface AutoencoderBatch {
  readonly firstPlace: number;
  readonly endPlace: number;
  readonly firstTouched: number;
  readonly endTouched: number;
}

/** Two counting sorts, O(ratings + batches · customers met). */
export function planAutoencoder({ byItem, inputScale, batchSize, seed }: AutoencoderProblem): AutoencoderPlan {
  const count = byItem.indices.length;
  const items = dealItems(byItem.rows, seed);
  const pointers = new Uint32Array(items.length + 1);
  const users = new Uint32Array(count);
  const values = new Float32Array(count);
  items.forEach((item, place) => {
    const [from, to] = [byItem.pointers[item], byItem.pointers[item + 1]];
    users.set(byItem.indices.subarray(from, to), pointers[place]);
    values.set(byItem.values.subarray(from, to), pointers[place]);
    pointers[place + 1] = pointers[place] + to - from;
  });
  const total = new Uint32Array(byItem.columns);
  for (const user of users) total[user]++;

  const batches: AutoencoderBatch[] = [];
  const entries = new Uint32Array(count);
  const rows = new Uint32Array(count);
  const touched: number[] = [];
  const share: number[] = [];
  const starts: number[] = [0];
  /** Per customer: entries in this batch, then where the next one goes. All 0 between batches. */
  const cursor = new Uint32Array(byItem.columns);
  for (let firstPlace = 0; firstPlace < items.length; firstPlace += batchSize) {
    const endPlace = Math.min(items.length, firstPlace + batchSize);
    const firstTouched = touched.length;
    for (let e = pointers[firstPlace]; e < pointers[endPlace]; e++) {
      if (cursor[users[e]]++ === 0) touched.push(users[e]);
    }
    let position = pointers[firstPlace];
    for (let t = firstTouched; t < touched.length; t++) {
      const own = cursor[touched[t]];
      share.push(own / total[touched[t]]);
      cursor[touched[t]] = position;
      position += own;
      starts.push(position);
    }
    for (let place = firstPlace; place < endPlace; place++) {
      for (let e = pointers[place]; e < pointers[place + 1]; e++) {
        const at = cursor[users[e]]++;
        entries[at] = e;
        rows[at] = place - firstPlace;
      }
    }
    for (let t = firstTouched; t < touched.length; t++) cursor[touched[t]] = 0;
    batches.push({ firstPlace, endPlace, firstTouched, endTouched: touched.length });
  }
  return {
    items,
    batches,
    pointers,
    users,
    values,
    inputScale: Float32Array.from(items, (item) => inputScale[item]),
    touched: Uint32Array.from(touched),
    share: Float32Array.from(share),
    starts: Uint32Array.from(starts),
    entries,
    rows,
  };
}

/** Rows in the order of places, put back in the order of things. */
export function rowsByItem(plan: AutoencoderPlan, byPlace: Float32Array, width: number): Float32Array {
  const byItem = new Float32Array(plan.items.length * width);
  plan.items.forEach((item, place) => {
    byItem.set(byPlace.subarray(place * width, (place + 1) * width), item * width);
  });
  return byItem;
}
