/** How often one product follows another. */
import type { Csr } from '../base/sparse.ts';
import { TopK } from '../base/top-k.ts';
import type { Sequences } from './sequences.ts';
import type { StepWork } from './single-fit.ts';

export interface TransitionRule {
  /** Steps a product is looked for after another. */
  readonly window: number;
  /** A product d + 1 steps later counts decayᵈ. */
  readonly decay: number;
  /** What a product of the same step counts; a basket has no order. */
  readonly together: number;
}

export interface Transitions {
  /** products × products: row i, column j: how often j follows i. Only the most frequent so many of each row. */
  readonly counts: Csr;
  /** By product: what all its rows came to before any were left out. */
  readonly totals: Float32Array;
}

/**
 * Counts over the sequences, `most` followers a product. A product no customer goes on from has an empty row. Work is
 * the square of what a customer chooses within the window; events have their turn.
 */
export async function countTransitions(
  { pointers, items, steps }: Sequences,
  products: number,
  { window, decay, together }: TransitionRule,
  most: number,
  work: Pick<StepWork, 'due' | 'turn'> & Partial<Pick<StepWork, 'tell'>>,
): Promise<Transitions> {
  const places = placesOf(items, products);
  const endOf = endsOf(pointers, items.length);
  const startOf = startsOf(pointers, items.length);
  const gapWeights = Float64Array.from({ length: window + 1 }, (_, gap) => (gap === 0 ? together : decay ** (gap - 1)));
  const sums = new Float64Array(products);
  const met = new Uint32Array(products);
  const totals = new Float32Array(products);
  const best = new TopK(Math.min(most, products));
  const outPointers = new Uint32Array(products + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let product = 0; product < products; product++) {
    let found = 0;
    let total = 0;
    const add = (other: number, weight: number) => {
      if (sums[other] === 0) met[found++] = other;
      sums[other] += weight;
      total += weight;
    };
    for (let at = places.pointers[product]; at < places.pointers[product + 1]; at++) {
      const place = places.places[at];
      const step = steps[place];
      // A basket's earlier products stand before this one.
      if (together > 0) {
        for (let p = place - 1; p >= startOf[place] && steps[p] === step; p--) add(items[p], together);
      }
      for (let p = place + 1; p < endOf[place]; p++) {
        const gap = steps[p] - step;
        if (gap > window) break;
        if (gapWeights[gap] > 0) add(items[p], gapWeights[gap]);
      }
      if (work.due()) await work.turn();
    }
    totals[product] = total;
    for (let at = 0; at < found; at++) {
      best.offer(met[at], sums[met[at]]);
      sums[met[at]] = 0;
    }
    const { indices: followers, scores } = best.drain();
    const ascending = Array.from(followers, (_, at) => at).sort((a, b) => followers[a] - followers[b]);
    for (const at of ascending) {
      indices.push(followers[at]);
      values.push(scores[at]);
    }
    outPointers[product + 1] = indices.length;
    work.tell?.((product + 1) / products);
  }
  return {
    counts: {
      rows: products,
      columns: products,
      pointers: outPointers,
      indices: Uint32Array.from(indices),
      values: Float32Array.from(values),
    },
    totals,
  };
}

/** Where each product stands in the sequences. */
function placesOf(
  items: Uint32Array,
  products: number,
): { readonly pointers: Uint32Array; readonly places: Uint32Array } {
  const pointers = new Uint32Array(products + 1);
  for (let place = 0; place < items.length; place++) pointers[items[place] + 1]++;
  for (let product = 0; product < products; product++) pointers[product + 1] += pointers[product];
  const cursor = pointers.slice(0, products);
  const places = new Uint32Array(items.length);
  for (let place = 0; place < items.length; place++) places[cursor[items[place]]++] = place;
  return { pointers, places };
}

/** By place in the sequences: where its customer's begin. */
function startsOf(pointers: Uint32Array, length: number): Uint32Array {
  const starts = new Uint32Array(length);
  for (let user = 0; user + 1 < pointers.length; user++)
    starts.fill(pointers[user], pointers[user], pointers[user + 1]);
  return starts;
}

/** By place in the sequences: where its customer's end. */
function endsOf(pointers: Uint32Array, length: number): Uint32Array {
  const ends = new Uint32Array(length);
  for (let user = 0; user + 1 < pointers.length; user++)
    ends.fill(pointers[user + 1], pointers[user], pointers[user + 1]);
  return ends;
}
