/** Customers told apart by what is known of them: their country, their age group. */
import { type EntityTable, NO_CODE } from '../data/interactions.ts';

/** Values an attribute may have to tell kinds apart, and customers a value needs to be a kind. */
const MOST_KINDS = 50;
const FEWEST_CUSTOMERS = 20;

/** Where an attribute's row would stand: none tells kinds apart; validation is to say which one does. */
export const NO_ATTRIBUTE = -1;
export const ATTRIBUTE_TO_BE_CHOSEN = -2;

/** Of a customer who is of no kind: no value, or a rare one. */
export const NO_KIND = 0xffffffff;

export interface CustomerKinds {
  /** Kinds are 0 … count − 1. */
  readonly count: number;
  /** By customer. */
  readonly kindOf: Uint32Array;
}

/**
 * Customers by the values of an attribute that at least 20 of them have; null where these are fewer than 2 (it tells
 * nobody apart) or more than 50 (it is no kind: a name, a postcode). Customers with other values are of no kind.
 */
export function customerKinds({ attributes }: EntityTable, attribute: number): CustomerKinds | null {
  const { names, codes } = attributes[attribute].values;
  const customers = new Uint32Array(names.length);
  for (let row = 0; row < codes.length; row++) if (codes[row] !== NO_CODE) customers[codes[row]]++;
  const kinds = new Uint32Array(names.length).fill(NO_KIND);
  let count = 0;
  for (let code = 0; code < names.length; code++) if (customers[code] >= FEWEST_CUSTOMERS) kinds[code] = count++;
  if (count < 2 || count > MOST_KINDS) return null;
  return { count, kindOf: codes.map((code) => (code === NO_CODE ? NO_KIND : kinds[code])) };
}
