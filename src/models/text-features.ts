/**
 * Products as vectors of what is said of them: words of the title, categories, attributes. Made of the product table
 * alone: who chose what has no part in it, so that nothing held out can show.
 */

import { breathe, createPacer, type Pace, partOf } from '../base/pacer.ts';
import type { Csr } from '../base/sparse.ts';
import { type Attribute, type EntityTable, NO_CODE } from '../data/interactions.ts';
import { isWorded, wordsOf } from './text-terms.ts';

/** How much each kind of text counts beside the others. */
export interface ContentWeights {
  readonly title: number;
  readonly categories: number;
  readonly attributes: number;
}

/**
 * Of `content` with 20 neighbours, recall@10 on the validation part (8:1:1 per customer), by the weights of title,
 * categories and attributes. The gift shop has titles alone, the books have no categories, the films no attributes.
 *
 *                     1 1 1   1 1 2   1 1 4   2 1 1   1 2 1
 *     books           .089    .094    .087    .077    .089
 *     MovieLens 100K  .029    .029    .029    .029    .035
 *     MovieLens small .030    .030    .030    .027    .029
 *     MovieTweetings  .051    .051    .051    .041    .045
 *
 * ln((1 + n) / (1 + df)) + 1 for the inverse document frequency, by which also what is said of everything counts, cost
 * half the recall on books.
 */
const WEIGHTS: ContentWeights = { title: 1, categories: 1, attributes: 2 };

/** Products that say something by a term: with fewer nobody has it in common. */
const FEWEST_PRODUCTS = 2;
/** Parts of an attribute's value that are longer than this are running text. */
const NAME_WORDS = 4;
/** Products that share a number on average, before it says of what kind they are and not how much of something. */
const SHARING_A_NUMBER = 10;

/** Of a table with the usual weights: a blend asks for them twice in a fit, and again in the next one. 8 bytes a term of a product. */
const made = new WeakMap<EntityTable, { readonly vectors: Csr | null }>();

/** What is said of a product, one kind of text; a term that stands there twice is there twice. */
type TermsOf = (product: number) => readonly string[];

/** Terms of one kind of text, counted. */
interface Counted {
  readonly weight: number;
  /** By product, the columns of its terms and how often each stands there. */
  readonly rows: readonly ReadonlyMap<number, number>[];
  /** By column − `first`, the products that have the term. */
  readonly having: readonly number[];
  /** Products of which anything of this kind is said. */
  readonly told: number;
  readonly first: number;
}

/**
 * TF-IDF vectors (Salton & Buckley 1988, "Term-weighting approaches in automatic text retrieval"): products × terms,
 * tf · ln(n / df) · the weight of its kind of text, n the products of which anything of that kind is said; every row
 * brought to length 1, or empty where nothing is said that is said of another product too, or that is said of all.
 * null where all rows would be empty.
 *
 * Ids stand in for titles where there are no titles and the ids are words ("Red mug"). Events have their turn by `pace`.
 */
export async function contentVectors(
  products: EntityTable,
  { weights = WEIGHTS, pace = createPacer() }: { readonly weights?: ContentWeights; readonly pace?: Pace } = {},
): Promise<Csr | null> {
  const before = weights === WEIGHTS ? made.get(products) : undefined;
  if (before) return before.vectors;
  const size = products.ids.length;
  const counts: Counted[] = [];
  let columns = 0;
  const kinds = kindsOf(products, weights);
  const parts = kinds.length + 1;
  for (const { terms, weight } of kinds) {
    const kind = await counted(terms, size, weight, columns, partOf(pace, counts.length / parts, 1 / parts));
    columns += kind.having.length;
    counts.push(kind);
  }
  const vectors = await weighed(counts, size, columns, partOf(pace, counts.length / parts, 1 / parts));
  if (weights === WEIGHTS) made.set(products, { vectors });
  return vectors;
}

function kindsOf(
  { ids, titles, categories, attributes }: EntityTable,
  weights: ContentWeights,
): readonly { readonly terms: TermsOf; readonly weight: number }[] {
  const named = categories?.names.map((name) => name.normalize('NFKC').toLowerCase()) ?? [];
  const told = attributes.filter(isKind).map(termsOfValues);
  return [
    {
      terms: titles
        ? (product) => wordsOf(titles[product])
        : (product) => (isWorded(ids[product]) ? wordsOf(ids[product]) : []),
      weight: weights.title,
    },
    {
      terms: (product) =>
        categories
          ? Array.from(
              categories.codes.subarray(categories.pointers[product], categories.pointers[product + 1]),
              (code) => named[code],
            )
          : [],
      weight: weights.categories,
    },
    { terms: (product) => told.flatMap((terms) => terms(product)), weight: weights.attributes },
  ];
}

/** Numbers that hardly any products share are amounts (prices, stock), and equal amounts mean nothing. */
function isKind({ values: { names, codes } }: Attribute): boolean {
  if (!names.every((name) => Number.isFinite(Number(name)))) return true;
  const filled = codes.reduce((count, code) => count + (code === NO_CODE ? 0 : 1), 0);
  return filled >= SHARING_A_NUMBER * names.length;
}

/** A value is a list of names ("Neil Gaiman, Terry Pratchett"), each a term; what is too long for a name is its words. */
function termsOfValues({ values: { names, codes } }: Attribute, attribute: number): TermsOf {
  const terms = names.map((name) =>
    name
      .split(/[,;|，；、]/)
      .map(wordsOf)
      .flatMap((words) => (words.length > NAME_WORDS ? words : words.length > 0 ? [words.join(' ')] : []))
      // The same word says something else in another column.
      .map((term) => `${attribute} ${term}`),
  );
  return (product) => (codes[product] === NO_CODE ? [] : terms[codes[product]]);
}

async function counted(terms: TermsOf, size: number, weight: number, first: number, pace: Pace): Promise<Counted> {
  const columnOf = new Map<string, number>();
  const having: number[] = [];
  const rows: Map<number, number>[] = [];
  let told = 0;
  for (let product = 0; product < size; product++) {
    const row = new Map<number, number>();
    for (const term of terms(product)) {
      const column = columnOf.get(term) ?? first + columnOf.size;
      columnOf.set(term, column);
      const before = row.get(column) ?? 0;
      if (before === 0) having[column - first] = (having[column - first] ?? 0) + 1;
      row.set(column, before + 1);
    }
    rows.push(row);
    if (row.size > 0) told++;
    if (pace.due()) await breathe(pace, product, size);
  }
  return { weight, rows, having, told, first };
}

async function weighed(kinds: readonly Counted[], size: number, columns: number, pace: Pace): Promise<Csr | null> {
  const idf = new Float64Array(columns);
  for (const { having, told, first, weight } of kinds) {
    having.forEach((df, at) => {
      if (df >= FEWEST_PRODUCTS) idf[first + at] = weight * Math.log(told / df);
    });
  }
  const kept = new Uint32Array(columns);
  let terms = 0;
  for (let column = 0; column < columns; column++) if (idf[column] > 0) kept[column] = terms++;
  if (terms === 0) return null;
  const pointers = new Uint32Array(size + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let product = 0; product < size; product++) {
    const from = indices.length;
    let squares = 0;
    for (const { rows } of kinds) {
      // Columns of a later kind are larger: the row ascends.
      const own = Array.from(rows[product]).sort(([a], [b]) => a - b);
      for (const [column, count] of own) {
        const value = count * idf[column];
        if (value === 0) continue;
        indices.push(kept[column]);
        values.push(value);
        squares += value * value;
      }
    }
    const length = Math.sqrt(squares);
    for (let e = from; e < values.length; e++) values[e] /= length;
    pointers[product + 1] = indices.length;
    if (pace.due()) await breathe(pace, product, size);
  }
  return {
    rows: size,
    columns: terms,
    pointers,
    indices: Uint32Array.from(indices),
    values: Float32Array.from(values),
  };
}
