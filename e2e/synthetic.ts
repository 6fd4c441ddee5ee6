/** Small made-up data with known structure, the same for a seed. */
import { createRandom } from '../src/base/random.ts';

export interface SyntheticShape {
  readonly customers: number;
  readonly products: number;
  readonly perCustomer: number;
  readonly seed: number;
}

/** Three tastes; a customer likes products of their own taste and dislikes the others, with noise. */
export function ratingRows({ customers, products, perCustomer, seed }: SyntheticShape): string[][] {
  const random = createRandom(seed);
  const rows: string[][] = [];
  for (let customer = 0; customer < customers; customer++) {
    const seen = new Set<number>();
    while (seen.size < Math.min(perCustomer, products)) {
      // Half of what one picks is of one's own taste.
      const own = random.next() < 0.5;
      const product = own ? 3 * random.integer(Math.floor(products / 3)) + (customer % 3) : random.integer(products);
      if (product >= products || seen.has(product)) continue;
      seen.add(product);
      const liked = product % 3 === customer % 3 ? 4.4 : 2.2;
      const rating = Math.min(5, Math.max(1, Math.round(liked + 0.7 * random.normal())));
      rows.push([`c${customer}`, `p${product}`, String(rating), String(1_600_000_000 + rows.length * 60)]);
    }
  }
  return rows;
}

export function ratingCsv(shape: SyntheticShape): string {
  return `user_id,item_id,rating,timestamp\n${ratingRows(shape)
    .map((row) => row.join(','))
    .join('\n')}\n`;
}

export function titlesCsv(products: number): string {
  const kinds = ['Crime', 'Garden', 'Space'];
  const rows = Array.from(
    { length: products },
    (_, product) => `p${product},"${kinds[product % 3]} story, no. ${product}",${kinds[product % 3]}`,
  );
  return `item_id,title,category\n${rows.join('\n')}\n`;
}

/** More products than anything that keeps something of every two of them has room for, and few rows for each. */
export function wideRatingCsv(products: number): string {
  const shared = 12;
  const own = 25;
  const rows: string[] = [];
  for (let customer = 0; customer * own < products - shared; customer++) {
    // Everybody knows a few of the same ones, so that there is something to learn.
    for (let product = 0; product < shared; product++) {
      if ((customer + product) % 3 !== 0)
        rows.push(`c${customer},p${product},${1 + ((customer * 7 + product * 3) % 5)}`);
    }
    for (
      let product = shared + customer * own;
      product < Math.min(products, shared + (customer + 1) * own);
      product++
    ) {
      rows.push(`c${customer},p${product},${1 + ((customer + product) % 5)}`);
    }
  }
  return `user_id,item_id,rating\n${rows.join('\n')}\n`;
}

export const SMALL: SyntheticShape = { customers: 200, products: 120, perCustomer: 25, seed: 7 };
