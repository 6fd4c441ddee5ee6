/**
 * What tables of every two customers, or of every two products, take: asked by the models before they begin, and by the
 * page before anybody presses. No more than numbers, so that a page that asks carries no model with it. Megabytes of 2²⁰
 * bytes, rounded up, as in AppError `modelTooLarge`.
 */
import { type Head, headsOn, type ModelName } from './recommender.ts';

const MEGABYTE = 2 ** 20;
const FLOAT_BYTES = 4;

/** What one square may take: 11,585 rows. A tab has two to three gigabytes, and saving needs half as much again. */
export const MOST_SQUARE_MEGABYTES = 512;

/** A square of float32. */
export function squareMegabytes(rows: number): number {
  return Math.ceil((FLOAT_BYTES * rows * rows) / MEGABYTE);
}

/** Above this the inverse takes half a minute on one thread. */
export const MOST_EASE_PRODUCTS = 5000;
/** What a fit of EASE may hold at once … */
const MOST_EASE_BYTES = 1.2e9;
/** … G here, its copy on the device, the inverse, and something to spare for one more. */
const EASE_MATRICES = 4;

/** The products a model of EASE may have: what was asked for, and what memory has room for. */
export function easeProductsWithin(mostProducts: number): number {
  const room = Math.floor(Math.sqrt(MOST_EASE_BYTES / (EASE_MATRICES * FLOAT_BYTES)));
  return Math.max(1, Math.min(Math.floor(mostProducts), room));
}

/** What a fit of EASE holds at once of so many products, after `easeProductsWithin`. */
export function easeMegabytes(products: number): number {
  return Math.ceil((EASE_MATRICES * FLOAT_BYTES * products * products) / MEGABYTE);
}

/** What a table is for: lists or stars; of how many rows, whose; and what it takes. */
export interface TableMemory {
  readonly head: Head;
  readonly of: 'products' | 'customers';
  readonly rows: number;
  /** Rows that are left out because there would be too many. */
  readonly leftOut: number;
  readonly megabytes: number;
  /** More than the model may take: a fit throws `modelTooLarge`. */
  readonly tooLarge: boolean;
}

interface TableData {
  readonly customers: number;
  readonly products: number;
  readonly feedback: 'explicit' | 'implicit';
}

/** Whose rows the square of a model of stars has. */
const SQUARES: Readonly<Partial<Record<ModelName, 'products' | 'customers'>>> = {
  slopeOne: 'products',
  itemNeighbours: 'products',
  userNeighbours: 'customers',
};

/** The table a model makes of such data, with the settings it has by itself; null for one without a table. */
export function tableMemory(model: ModelName, data: TableData): TableMemory | null {
  // The blend has an EASE in it.
  if (model === 'ease' || model === 'hybrid') {
    const rows = Math.min(data.products, easeProductsWithin(MOST_EASE_PRODUCTS));
    const leftOut = data.products - rows;
    return { head: 'choice', of: 'products', rows, leftOut, megabytes: easeMegabytes(rows), tooLarge: false };
  }
  const of = SQUARES[model];
  if (of === undefined || !headsOn(data.feedback, model).includes('taste')) return null;
  const rows = data[of];
  const megabytes = squareMegabytes(rows);
  return { head: 'taste', of, rows, leftOut: 0, megabytes, tooLarge: megabytes > MOST_SQUARE_MEGABYTES };
}
