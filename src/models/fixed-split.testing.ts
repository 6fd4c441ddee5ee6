/** Real data for tests and the bench, in Node only: the fixed 90/10 splits beside the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Pairs } from '../base/sparse.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';

const FOLDER = process.env['TASTEMAKER_DATA'] ?? new URL('../../../shared/datasets', import.meta.url).pathname;

export type SplitName = 'ml-100k' | 'ml-1m';

export function hasFixedSplit(name: SplitName): boolean {
  return existsSync(`${FOLDER}/${name}.9010.train.txt.gz`);
}

export function readPairs(name: SplitName, part: 'train' | 'test'): Pairs {
  return pairsIn(`${FOLDER}/${name}.9010.${part}.txt.gz`);
}

/** One part: `user item rating` a line, separated by a space, rows counted from 0. */
export function pairsIn(file: string): Pairs {
  const text = gunzipSync(readFileSync(file)).toString('latin1');
  const numbers = text.trimEnd().split(/\s+/).map(Number);
  const column = (at: number) => numbers.filter((_, index) => index % 3 === at);
  return {
    users: Uint32Array.from(column(0)),
    items: Uint32Array.from(column(1)),
    values: Float32Array.from(column(2)),
  };
}

/** Several lists of pairs as one. */
export function joinPairs(...parts: readonly Pairs[]): Pairs {
  return {
    users: Uint32Array.from(parts.flatMap((part) => Array.from(part.users))),
    items: Uint32Array.from(parts.flatMap((part) => Array.from(part.items))),
    values: Float32Array.from(parts.flatMap((part) => Array.from(part.values))),
  };
}

/** Pairs of ratings from 1 to 5 as Ratings; `users` and `items` are at least as many rows as there shall be. */
export function ratingsFromPairs(pairs: Pairs, users = 0, items = 0): Ratings {
  const rows = pairs.users.reduce((most, user) => Math.max(most, user + 1), users);
  const columns = pairs.items.reduce((most, item) => Math.max(most, item + 1), items);
  return ratingsOf(pairs, rows, columns);
}
