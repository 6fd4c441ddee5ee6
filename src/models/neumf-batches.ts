/**
 * Training examples in a seeded order, cut into batches of fixed shape. Every epoch has a random
 * stream of its own (from seed and epoch), so a continued fit sees what an uninterrupted one would.
 */
import { createRandom, type Random } from '../base/random.ts';
import { type Csr, pairsFromCsr } from '../base/sparse.ts';

/** Arrays of the batch size; entries from `count` on are padding. Reused: valid until the next one is asked for. */
export interface Batch {
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly targets: Float32Array;
  readonly count: number;
}

export interface ExampleSource {
  /** Examples in one epoch. */
  readonly count: number;
  /** The examples of an epoch (from 1), all of them once, in batches. */
  epoch(epoch: number): Iterable<Batch>;
}

/** Mixes seed and epoch into one seed (multiplication by an odd constant spreads consecutive epochs). */
export function epochRandom(seed: number, epoch: number): Random {
  return createRandom(Math.imul(seed ^ Math.imul(epoch, 0x9e3779b1), 0x85ebca6b));
}

function* batches(
  size: number,
  total: number,
  fill: (at: number, users: Int32Array, items: Int32Array, targets: Float32Array, slot: number) => void,
): Iterable<Batch> {
  const users = new Int32Array(size);
  const items = new Int32Array(size);
  for (let from = 0; from < total; from += size) {
    const count = Math.min(size, total - from);
    // tfjs may keep the array a tensor was made from, so targets are fresh every time.
    const targets = new Float32Array(size);
    for (let slot = 0; slot < count; slot++) fill(from + slot, users, items, targets, slot);
    users.fill(0, count);
    items.fill(0, count);
    yield { users, items, targets, count };
  }
}

/** Every rating once, its target being the rating minus `base`. */
export function ratingExamples(byUser: Csr, base: number, batchSize: number, seed: number): ExampleSource {
  const pairs = pairsFromCsr(byUser);
  const count = pairs.values.length;
  return {
    count,
    epoch(epoch) {
      const order = Uint32Array.from({ length: count }, (_, at) => at);
      epochRandom(seed, epoch).shuffle(order);
      return batches(batchSize, count, (at, users, items, targets, slot) => {
        const pair = order[at];
        users[slot] = pairs.users[pair];
        items[slot] = pairs.items[pair];
        targets[slot] = pairs.values[pair] - base;
      });
    },
  };
}

/** Tries before a customer who has nearly everything gets a negative found by counting through. */
const DRAWS = 32;

/**
 * A product the customer has not chosen, uniformly; `taken` are the customer's own, ascending.
 * Throws RangeError when nothing is left.
 */
export function drawNegative(random: Random, products: number, taken: Uint32Array): number {
  const free = products - taken.length;
  if (free <= 0) throw new RangeError(`no product left to draw: ${taken.length} of ${products} taken`);
  for (let draw = 0; draw < DRAWS; draw++) {
    const product = random.integer(products);
    if (!contains(taken, product)) return product;
  }
  // The n-th product that is not taken.
  let rank = random.integer(free);
  let product = 0;
  for (const owned of taken) {
    if (owned - product > rank) break;
    rank -= owned - product;
    product = owned + 1;
  }
  return product + rank;
}

function contains(ascending: Uint32Array, value: number): boolean {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === value;
}

/**
 * Every choice once with target 1, each with `negatives` products drawn anew every epoch with target 0,
 * never one the customer is known to have (`known`: everything in the training data, chosen or not).
 * Customers who have every product get no negatives.
 */
export function choiceExamples(
  chosen: Csr,
  known: Csr,
  negatives: number,
  batchSize: number,
  seed: number,
): ExampleSource {
  const pairs = pairsFromCsr(chosen);
  const positives = pairs.users.length;
  const owned = (user: number) => known.indices.subarray(known.pointers[user], known.pointers[user + 1]);
  let count = 0;
  for (let user = 0; user < chosen.rows; user++) {
    const own = chosen.pointers[user + 1] - chosen.pointers[user];
    count += own * (owned(user).length < known.columns ? 1 + negatives : 1);
  }
  return {
    count,
    epoch(epoch) {
      const random = epochRandom(seed, epoch);
      // Position p < positives is a choice; the others are negatives of choice p % positives.
      const order = new Uint32Array(count);
      let filled = 0;
      for (let copy = 0; copy <= negatives; copy++) {
        for (let pair = 0; pair < positives; pair++) {
          if (copy === 0 || owned(pairs.users[pair]).length < known.columns) order[filled++] = copy * positives + pair;
        }
      }
      random.shuffle(order);
      return batches(batchSize, count, (at, users, items, targets, slot) => {
        const pair = order[at] % positives;
        const user = pairs.users[pair];
        const positive = order[at] < positives;
        users[slot] = user;
        items[slot] = positive ? pairs.items[pair] : drawNegative(random, known.columns, owned(user));
        targets[slot] = positive ? 1 : 0;
      });
    },
  };
}
