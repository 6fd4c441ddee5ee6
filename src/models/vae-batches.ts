/**
 * Customers in a seeded order, cut into batches, with what is drawn for each: which choices the input shows, and the
 * noise of the code. Drawn here and not on the device, so that all devices draw the same; every epoch has a random
 * stream of its own (from seed and epoch), so that a continued fit sees what an uninterrupted one would.
 */
import type { Csr } from '../base/sparse.ts';
import { epochRandom } from './neumf-batches.ts';

/** Rows of a batch are its customers; those from `count` on are padding and have no choices. */
export interface VaeBatch {
  readonly count: number;
  /** What each customer chose: columns[pointers[row]] … columns[pointers[row + 1] − 1]; batch size + 1 pointers. */
  readonly pointers: Uint32Array;
  readonly columns: Uint32Array;
  /** The part of it that the input shows. */
  readonly shownPointers: Uint32Array;
  readonly shown: Uint32Array;
  /** What each thing shown counts in the input: 1 / ((1 − dropout) · √choices), by row; 0 for padding. */
  readonly scale: Float32Array;
  /** Standard normal numbers, batch size × latent. */
  readonly noise: Float32Array;
}

export interface VaeBatchOptions {
  readonly batchCustomers: number;
  readonly dropout: number;
  readonly latent: number;
  readonly seed: number;
}

/** Customers with at least one choice: the others have nothing to teach. */
export function choosersOf({ rows, pointers }: Csr): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => pointers[row + 1] > pointers[row]);
}

/** The batches of one epoch (from 1): every customer with choices once. */
export function* vaeBatches(
  chosen: Csr,
  choosers: Uint32Array,
  { batchCustomers, dropout, latent, seed }: VaeBatchOptions,
  epoch: number,
): Iterable<VaeBatch> {
  const random = epochRandom(seed, epoch);
  const order = random.shuffle(choosers.slice());
  for (let from = 0; from < order.length; from += batchCustomers) {
    const customers = order.subarray(from, from + batchCustomers);
    const pointers = new Uint32Array(batchCustomers + 1);
    const shownPointers = new Uint32Array(batchCustomers + 1);
    const scale = new Float32Array(batchCustomers);
    customers.forEach((customer, row) => {
      const own = chosen.pointers[customer + 1] - chosen.pointers[customer];
      pointers[row + 1] = pointers[row] + own;
      scale[row] = 1 / ((1 - dropout) * Math.sqrt(own));
    });
    pointers.fill(pointers[customers.length], customers.length);
    const columns = new Uint32Array(pointers[batchCustomers]);
    const shown = new Uint32Array(columns.length);
    let to = 0;
    customers.forEach((customer, row) => {
      columns.set(chosen.indices.subarray(chosen.pointers[customer], chosen.pointers[customer + 1]), pointers[row]);
      for (let e = pointers[row]; e < pointers[row + 1]; e++) {
        if (random.next() >= dropout) shown[to++] = columns[e];
      }
      shownPointers[row + 1] = to;
    });
    shownPointers.fill(to, customers.length);
    const noise = new Float32Array(batchCustomers * latent);
    for (let at = 0; at < customers.length * latent; at++) noise[at] = random.normal();
    yield {
      count: customers.length,
      pointers,
      columns,
      shownPointers,
      shown: shown.subarray(0, to),
      scale,
      noise,
    };
  }
}
