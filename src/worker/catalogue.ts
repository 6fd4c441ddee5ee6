/** Names and numbers of products and customers for the page, and finding them by what a person types. */
import { AppError } from '../base/error.ts';
import { TopK } from '../base/top-k.ts';
import type { EntityTable } from '../data/interactions.ts';
import { labelOf } from '../data/label.ts';
import type { CustomerCard, ProductCard } from './api/catalogue.ts';
import type { Project } from './session.ts';

/** Attribute names that say who made a thing, best first: shown as its second line. */
const MAKER = /author|artist|brand|maker|director|creator|publisher|作者|品牌|导演|歌手/i;
const YEAR = /year|年份/i;

/** How many customers have each product (or products each customer). */
function rowCount(pointers: Uint32Array, row: number): number {
  return pointers[row + 1] - pointers[row];
}

/** One short line: the maker, else up to three categories, else nothing. */
export function detailOf(table: EntityTable, row: number): string {
  const attribute = (pattern: RegExp) => {
    const found = table.attributes.find(({ name }) => pattern.test(name));
    return found?.values.names[found.values.codes[row]] ?? '';
  };
  const maker = attribute(MAKER);
  if (maker) {
    const year = attribute(YEAR).replace(/\.0+$/, '');
    return year ? `${maker} · ${year}` : maker;
  }
  if (!table.categories) return '';
  const { names, pointers, codes } = table.categories;
  return Array.from(
    codes.subarray(pointers[row], Math.min(pointers[row] + 3, pointers[row + 1])),
    (code) => names[code],
  ).join(' · ');
}

export function productCard({ interactions, ratings }: Project, product: number): ProductCard {
  const { products } = interactions;
  if (!(product in products.ids)) throw new AppError('unknownProduct', { id: product });
  return {
    product,
    id: products.ids[product],
    title: labelOf(products, product),
    detail: detailOf(products, product),
    count: rowCount(ratings.byItem.pointers, product),
  };
}

export function customerCard({ interactions, ratings }: Project, customer: number): CustomerCard {
  const { customers } = interactions;
  if (!(customer in customers.ids)) throw new AppError('unknownCustomer', { id: customer });
  return {
    customer,
    id: customers.ids[customer],
    label: labelOf(customers, customer),
    count: rowCount(ratings.byUser.pointers, customer),
  };
}

/** Exact beats beginning beats beginning of a word beats anywhere; among equals the more active row comes first. */
function matchRank(text: string, query: string): number {
  if (text === query) return 4;
  const at = text.indexOf(query);
  if (at < 0) return 0;
  if (at === 0) return 3;
  return /[\s,.\-(:"'/]/.test(text[at - 1]) ? 2 : 1;
}

/** Rows whose id or title contains the query (case and width ignored), best first; all by activity for an empty query. */
export function searchTable(table: EntityTable, pointers: Uint32Array, query: string, limit: number): Uint32Array {
  const wanted = query.normalize('NFKC').trim().toLowerCase();
  const best = new TopK(limit);
  const most = 1e9;
  for (let row = 0; row < table.ids.length; row++) {
    const count = rowCount(pointers, row);
    if (wanted === '') {
      best.offer(row, count);
      continue;
    }
    const byId = matchRank(table.ids[row].toLowerCase(), wanted);
    const title = table.titles?.[row];
    const byTitle = title ? matchRank(title.normalize('NFKC').toLowerCase(), wanted) : 0;
    const rank = Math.max(byId, byTitle);
    if (rank > 0) best.offer(row, rank * most + count);
  }
  return best.drain().indices;
}

export function searchProducts(project: Project, query: string, limit: number): ProductCard[] {
  const rows = searchTable(project.interactions.products, project.ratings.byItem.pointers, query, limit);
  return Array.from(rows, (row) => productCard(project, row));
}

export function searchCustomers(project: Project, query: string, limit: number): CustomerCard[] {
  const rows = searchTable(project.interactions.customers, project.ratings.byUser.pointers, query, limit);
  return Array.from(rows, (row) => customerCard(project, row));
}
