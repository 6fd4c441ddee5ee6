import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { SampleName } from '../../worker/api/data.ts';
import { SAMPLES } from './samples.ts';

/** The log of each sample, and the place of the customer counted from the end (descriptions may hold commas). */
const LOGS: Record<SampleName, { readonly file: string; readonly fromEnd: number; readonly licence: RegExp }> = {
  'gift-shop': { file: 'gift-shop/online-retail.csv.gz', fromEnd: 2, licence: /Attribution 4\.0/i },
  books: { file: 'books/ratings.csv.gz', fromEnd: 3, licence: /Attribution-ShareAlike 4\.0/i },
};

const folder = new URL('../../../public/samples/', import.meta.url);

it.each(SAMPLES)('says the truth about $name', ({ name, rows, customers }) => {
  const { file, fromEnd, licence } = LOGS[name];
  const lines = gunzipSync(readFileSync(new URL(file, folder)))
    .toString('latin1')
    .trimEnd()
    .split(/\r?\n/)
    .slice(1);
  expect(lines.length).toBe(rows);
  const ids = new Set(lines.map((line) => line.split(',').at(-fromEnd)));
  ids.delete('');
  expect(ids.size).toBe(customers);
  expect(readFileSync(new URL(`${name}/LICENSE.txt`, folder), 'utf8')).toMatch(licence);
});
