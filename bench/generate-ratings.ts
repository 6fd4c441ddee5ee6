/**
 * Ratings as a large shop or film site has them, made up: activity and popularity with heavy tails, tastes
 * of planted low rank, noise, a half-star scale, times. The same seed gives the same ratings.
 */
import { createRandom, type Random } from '../src/base/random.ts';

export interface RatingsPlan {
  readonly ratings: number;
  readonly customers: number;
  readonly products: number;
  readonly seed: number;
}

/** Ratings of some customers, one customer after the other, each pair at most once. */
export interface RatingsChunk {
  readonly rows: number;
  /** External ids, from 1. */
  readonly customer: Uint32Array;
  readonly product: Uint32Array;
  /** 0.5 … 5 in steps of one half. */
  readonly value: Float32Array;
  /** Seconds since 1970. */
  readonly time: Uint32Array;
}

/** The size the figures are stated for. */
export const FULL_SIZE = { ratings: 25_000_000, customers: 160_000, products: 60_000 } as const;

/** Customers grow with the ratings and products with their square root, so that a smaller file looks like a younger shop. */
export function planFor(ratings: number, seed: number): RatingsPlan {
  const share = ratings / FULL_SIZE.ratings;
  return {
    ratings,
    customers: Math.max(10, Math.round(FULL_SIZE.customers * share)),
    products: Math.max(100, Math.round(FULL_SIZE.products * Math.sqrt(share))),
    seed,
  };
}

const CHUNK_ROWS = 1 << 16;
/** Zipf exponent of popularity, and how far its head is flattened: one product is seen by at most about half of all. */
const POPULARITY = { exponent: 1, flattened: 30 } as const;
/** Standard deviation of the logarithm of a customer's activity. */
const ACTIVITY_SD = 1.1;
const LEAST_PER_CUSTOMER = 5;
/** A customer rates at most this share of all products. */
const MOST_OF_PRODUCTS = 0.3;
const RANK = 8;
const MEAN = 3.5;
const SD = { customer: 0.4, product: 0.5, taste: 0.55, noise: 0.75 } as const;
const FIRST_TIME = Date.UTC(2000, 0, 1) / 1000;
const LAST_TIME = Date.UTC(2024, 0, 1) / 1000;
const DAY = 86_400;
/** A customer's ratings come in visits of about so many, weeks apart. */
const PER_VISIT = 20;

/** How many ratings each customer gives: lognormal, adding up to `ratings`. Throws RangeError where so many do not fit. */
function activity({ ratings, customers, products }: RatingsPlan, random: Random): Uint32Array {
  const most = Math.max(LEAST_PER_CUSTOMER, Math.floor(products * MOST_OF_PRODUCTS));
  if (ratings > customers * most || ratings < customers) {
    throw new RangeError(`${ratings} ratings of ${customers} customers and ${products} products`);
  }
  const weights = Float64Array.from({ length: customers }, () => Math.exp(ACTIVITY_SD * random.normal()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const least = Math.min(LEAST_PER_CUSTOMER, Math.floor(ratings / customers));
  const counts = Uint32Array.from(weights, (weight) =>
    Math.min(most, Math.max(least, Math.floor((ratings * weight) / total))),
  );
  let missing = ratings - counts.reduce((sum, count) => sum + count, 0);
  while (missing !== 0) {
    const u = random.integer(customers);
    const step = Math.sign(missing) * Math.min(Math.abs(missing), 1 + (counts[u] >> 4));
    const changed = Math.min(most, Math.max(least, counts[u] + step));
    missing -= changed - counts[u];
    counts[u] = changed;
  }
  return counts;
}

/** Cumulative popularity; products are ranked by a shuffled order so that ids say nothing about it. */
function popularity(products: number, random: Random) {
  const cumulative = new Float64Array(products);
  let sum = 0;
  for (let rank = 0; rank < products; rank++) {
    sum += 1 / (rank + POPULARITY.flattened) ** POPULARITY.exponent;
    cumulative[rank] = sum;
  }
  const order = random.shuffle(Uint32Array.from({ length: products }, (_, p) => p));
  return (at: number): number => {
    const wanted = at * sum;
    let low = 0;
    let high = products - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return order[low];
  };
}

/** All ratings, customer by customer. */
export function* generateRatings(plan: RatingsPlan): Generator<RatingsChunk> {
  const random = createRandom(plan.seed);
  const counts = activity(plan, random);
  const draw = popularity(plan.products, random);
  const normals = (length: number, sd: number) => random.normals(length, sd);
  const productBias = normals(plan.products, SD.product);
  const productTaste = normals(plan.products * RANK, 1);
  const takenBy = new Int32Array(plan.products).fill(-1);
  let chunk = emptyChunk();
  let rows = 0;
  for (let u = 0; u < plan.customers; u++) {
    const bias = SD.customer * random.normal();
    const taste = normals(RANK, SD.taste / Math.sqrt(RANK));
    let time = FIRST_TIME + Math.floor(random.next() * (LAST_TIME - FIRST_TIME));
    for (let n = 0; n < counts[u]; n++) {
      let p = draw(random.next());
      // What is popular is soon taken; then anything goes.
      for (let tries = 0; takenBy[p] === u; tries++)
        p = tries < 8 ? draw(random.next()) : random.integer(plan.products);
      takenBy[p] = u;
      let stars = MEAN + bias + productBias[p] + SD.noise * random.normal();
      for (let f = 0; f < RANK; f++) stars += taste[f] * productTaste[p * RANK + f];
      time += random.integer(PER_VISIT) === 0 ? Math.floor(random.next() * 60 * DAY) : random.integer(120);
      chunk.customer[rows] = u + 1;
      chunk.product[rows] = p + 1;
      chunk.value[rows] = Math.min(5, Math.max(0.5, Math.round(2 * stars) / 2));
      chunk.time[rows] = time;
      if (++rows === CHUNK_ROWS) {
        yield { ...chunk, rows };
        chunk = emptyChunk();
        rows = 0;
      }
    }
  }
  if (rows > 0) yield { ...chunk, rows };
}

function emptyChunk() {
  return {
    customer: new Uint32Array(CHUNK_ROWS),
    product: new Uint32Array(CHUNK_ROWS),
    value: new Float32Array(CHUNK_ROWS),
    time: new Uint32Array(CHUNK_ROWS),
  };
}
