import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { Csr } from '../base/sparse.ts';
import { tableOf } from './about.testing.ts';
import { contentNeighbours } from './content-neighbours.ts';
import { contentVectors } from './text-features.ts';

/** v_a · v_b. */
function cosine({ pointers, indices, values, columns }: Csr, a: number, b: number): number {
  const dense = new Float64Array(columns);
  for (let e = pointers[a]; e < pointers[a + 1]; e++) dense[indices[e]] = values[e];
  let sum = 0;
  for (let e = pointers[b]; e < pointers[b + 1]; e++) sum += dense[indices[e]] * values[e];
  return sum;
}

const found = (vectors: Csr | null): Csr => {
  if (!vectors) throw new TypeError('no vectors');
  return vectors;
};

describe('vectors of what is said of products', () => {
  test('three titles by hand: what two have in common, by how rare it is', async () => {
    // red: 2 of 3 products; mug: 2 of 3; blue, tea: one each, which is nothing in common with anybody
    const vectors = found(
      await contentVectors(tableOf([{ title: 'Red mug' }, { title: 'Blue MUG, mug' }, { title: 'red tea' }])),
    );
    expect([vectors.rows, vectors.columns]).toEqual([3, 2]);
    const idf = Math.log(3 / 2);
    expect(cosine(vectors, 0, 1)).toBeCloseTo((idf * 2 * idf) / (Math.hypot(idf, idf) * 2 * idf), 6);
    expect(cosine(vectors, 0, 2)).toBeCloseTo(Math.SQRT1_2, 6);
    expect(cosine(vectors, 1, 2)).toBe(0);
    for (const product of [0, 1, 2]) expect(cosine(vectors, product, product)).toBeCloseTo(1, 6);
  });

  test('Chinese titles by hand: pairs of characters', async () => {
    // 色保, 保温, 温杯 and 水杯 stand in 2 of 4, 红色 in 3 of 4; 色水, 色围, 围巾, 巾水, 蓝色 in one each
    const titles = ['红色保温杯', '蓝色保温杯', '红色水杯', '红色围巾水杯'];
    const vectors = found(await contentVectors(tableOf(titles.map((title) => ({ title })))));
    const [rare, common] = [Math.log(4 / 2), Math.log(4 / 3)];
    const first = Math.hypot(common, rare, rare, rare);
    expect(cosine(vectors, 0, 1)).toBeCloseTo((3 * rare ** 2) / (first * Math.sqrt(3) * rare), 6);
    expect(cosine(vectors, 0, 2)).toBeCloseTo(common ** 2 / (first * Math.hypot(common, rare)), 6);
    expect(cosine(vectors, 2, 3)).toBeCloseTo(1, 6);
    expect(cosine(vectors, 1, 2)).toBe(0);
  });

  test('titles, categories and attributes side by side, each kind over the products that have it', async () => {
    const table = tableOf([
      { title: 'Good Omens', categories: ['Fantasy'], attributes: { author: 'Terry Pratchett, Neil Gaiman' } },
      { title: 'Mort', categories: ['fantasy', 'Humour'], attributes: { author: 'Terry Pratchett' } },
      { title: 'Coraline', categories: ['Horror'], attributes: { author: 'Neil  Gaiman' } },
      { title: 'Omens of Horror', attributes: { author: 'A. N. Other' } },
    ]);
    const weights = { title: 1, categories: 3, attributes: 2 };
    const vectors = found(await contentVectors(table, { weights }));
    // omens: 2 of 4 titles. fantasy: 2 of the 3 with categories. Either author: 2 of 4.
    const omens = Math.log(4 / 2);
    const fantasy = 3 * Math.log(3 / 2);
    const author = 2 * Math.log(4 / 2);
    const lengths = [Math.hypot(omens, fantasy, author, author), Math.hypot(fantasy, author), author, omens];
    expect(cosine(vectors, 0, 1)).toBeCloseTo((fantasy ** 2 + author ** 2) / (lengths[0] * lengths[1]), 6);
    expect(cosine(vectors, 0, 2)).toBeCloseTo(author ** 2 / (lengths[0] * lengths[2]), 6);
    expect(cosine(vectors, 0, 3)).toBeCloseTo(omens ** 2 / (lengths[0] * lengths[3]), 6);
    // The category "Horror" is not the word "Horror".
    expect(cosine(vectors, 2, 3)).toBe(0);
  });

  test('prices are no kind, years that many share are; running text counts word by word', async () => {
    const products = Array.from({ length: 40 }, (_, row) => ({
      attributes: {
        price: `${row % 20}.5`,
        year: `${2000 + (row % 4)}`,
        text: row < 2 ? 'made by hand of sturdy oak' : row < 4 ? `very sturdy and painted white ${row}` : '',
      },
    }));
    const vectors = found(await contentVectors(tableOf(products)));
    // products 0 and 20 share the price and the year, 0 and 4 the year alone
    expect(cosine(vectors, 0, 20)).toBeCloseTo(cosine(vectors, 0, 4), 6);
    expect(cosine(vectors, 4, 8)).toBeCloseTo(1, 6);
    // By hand: "sturdy" in 4 of 40, every other word but the row numbers in 2, each year in 10.
    const [sturdy, word, year] = [Math.log(40 / 4), Math.log(40 / 2), Math.log(40 / 10)];
    const lengths = [
      Math.sqrt(sturdy ** 2 + 5 * word ** 2 + year ** 2),
      Math.sqrt(sturdy ** 2 + 4 * word ** 2 + year ** 2),
    ];
    expect(cosine(vectors, 0, 2)).toBeCloseTo(sturdy ** 2 / (lengths[0] * lengths[1]), 6);
    const bare = found(
      await contentVectors(tableOf(products.map(({ attributes: { text } }) => ({ attributes: { text } })))),
    );
    // "sturdy" is in all four texts and says nothing; the others in two of four
    expect(cosine(bare, 0, 1)).toBeCloseTo(1, 6);
    expect(cosine(bare, 0, 2)).toBe(0);
  });

  test('nothing to go by: no text at all, the same of everything, nothing said twice', async () => {
    expect(await contentVectors(tableOf([{}, {}]))).toBeNull();
    expect(await contentVectors(tableOf([]))).toBeNull();
    expect(await contentVectors(tableOf([{ title: 'mug' }, { title: 'Mug' }]))).toBeNull();
    expect(await contentVectors(tableOf([{ title: 'mug' }, { title: 'cup' }, { title: '' }]))).toBeNull();
  });

  test('ids that are words stand in for titles, others do not; a product without text has an empty row', async () => {
    expect(await contentVectors(tableOf([{}, {}, {}], ['SKU-1', 'SKU-2', 'sku-2']))).toBeNull();
    const worded = found(await contentVectors(tableOf([{}, {}, {}, {}], ['Red mug', 'Red cup', 'Tea cup', 'SKU-2'])));
    expect(cosine(worded, 0, 1)).toBeGreaterThan(0);
    expect([...worded.pointers]).toEqual([0, 1, 3, 4, 4]);
  });
});

describe('nearest by description', () => {
  const random = createRandom(5);
  const WORDS = Array.from({ length: 30 }, (_, word) => `w${word}`);
  const titles = Array.from({ length: 60 }, () =>
    Array.from({ length: 3 }, () => WORDS[random.integer(WORDS.length)]).join(' '),
  );

  test('every cosine among those asked for, sorted out in plain loops', async () => {
    const vectors = found(await contentVectors(tableOf(titles.map((title) => ({ title })))));
    const of = Uint32Array.of(3, 40, 7);
    const among = Uint32Array.from({ length: 30 }, (_, at) => 59 - 2 * at);
    const near = await contentNeighbours(vectors, of, among, 5);
    expect([near.rows, near.columns]).toEqual([3, 60]);
    of.forEach((product, row) => {
      const all = [...among]
        .map((other, place) => ({ other, place, value: Math.fround(cosine(vectors, product, other)) }))
        .filter(({ other, value }) => other !== product && value > 0);
      const rounded = (value: number) => Math.round(value * 1e5);
      all.sort((a, b) => rounded(b.value) - rounded(a.value) || a.place - b.place);
      const best = all.slice(0, 5).sort((a, b) => a.other - b.other);
      const [from, to] = [near.pointers[row], near.pointers[row + 1]];
      expect(best).toHaveLength(5);
      expect([...near.indices.subarray(from, to)]).toEqual(best.map(({ other }) => other));
      best.forEach(({ value }, at) => {
        expect(near.values[from + at]).toBeCloseTo(value, 5);
      });
    });
  });

  test('who has nothing in common with anybody has no neighbours; more are asked for than there are', async () => {
    const vectors = found(
      await contentVectors(tableOf([{ title: 'a b' }, { title: 'a c' }, { title: 'd' }, { title: 'd b' }, {}])),
    );
    const everything = Uint32Array.of(0, 1, 2, 3, 4);
    const near = await contentNeighbours(vectors, everything, everything, 100);
    expect([...near.pointers]).toEqual([0, 2, 3, 4, 6, 6]);
    expect([...near.indices]).toEqual([1, 3, 0, 3, 0, 2]);
    const none = await contentNeighbours(vectors, everything, new Uint32Array(), 3);
    expect([...none.indices]).toEqual([]);
  });
});
