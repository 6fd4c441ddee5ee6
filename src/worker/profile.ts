/** Who a customer is: how active, how generous, what they go for, against everyone. */
import { NO_CODE } from '../data/interactions.ts';
import type { CustomerProfile, HistoryEntry } from './api/catalogue.ts';
import { customerCard, productCard } from './catalogue.ts';
import type { Project } from './session.ts';

const HISTORY_SHOWN = 200;
const CATEGORIES_SHOWN = 6;

/** What the log says of one customer beyond the matrix: one pass over its rows. */
function readLog(project: Project, customer: number) {
  const { interactions } = project;
  const units = new Map<number, number>();
  const times = new Map<number, number>();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let spend = 0;
  let allUnits = 0;
  for (let row = 0; row < interactions.customer.length; row++) {
    if (interactions.customer[row] !== customer) continue;
    const product = interactions.product[row];
    const quantity = interactions.quantity?.[row] ?? 1;
    units.set(product, (units.get(product) ?? 0) + quantity);
    allUnits += quantity;
    spend += quantity * (interactions.price?.[row] ?? 0);
    const time = interactions.time?.[row] ?? Number.NaN;
    if (time < first) first = time;
    if (time > last) last = time;
    if (time > (times.get(product) ?? Number.NEGATIVE_INFINITY)) times.set(product, time);
  }
  return { units, times, first, last, spend, allUnits };
}

/** Share of a customer's and of everyone's actions per category, most distinctive first. */
function categoryShares(project: Project, customer: number): CustomerProfile['categories'] {
  const { categories } = project.interactions.products;
  if (!categories) return [];
  const { byUser } = project.ratings;
  const mine = new Float64Array(categories.names.length);
  const all = new Float64Array(categories.names.length);
  let mineTotal = 0;
  let allTotal = 0;
  for (let e = byUser.pointers[customer]; e < byUser.pointers[customer + 1]; e++) {
    const product = byUser.indices[e];
    for (let at = categories.pointers[product]; at < categories.pointers[product + 1]; at++) {
      mine[categories.codes[at]]++;
      mineTotal++;
    }
  }
  const { byItem } = project.ratings;
  for (let product = 0; product < byItem.rows; product++) {
    const count = byItem.pointers[product + 1] - byItem.pointers[product];
    for (let at = categories.pointers[product]; at < categories.pointers[product + 1]; at++) {
      all[categories.codes[at]] += count;
      allTotal += count;
    }
  }
  if (mineTotal === 0) return [];
  return categories.names
    .map((name, code) => ({ name, share: mine[code] / mineTotal, everyone: all[code] / allTotal }))
    .filter(({ share, everyone }) => share + everyone > 0.01)
    .sort((a, b) => Math.abs(b.share - b.everyone) - Math.abs(a.share - a.everyone))
    .slice(0, CATEGORIES_SHOWN)
    .sort((a, b) => b.share - b.everyone - (a.share - a.everyone));
}

/** Throws AppError `unknownCustomer`. */
export function customerProfile(project: Project, customer: number): CustomerProfile {
  const card = customerCard(project, customer);
  const { interactions, ratings } = project;
  const { pointers, indices, values } = ratings.byUser;
  const log = readLog(project, customer);
  const explicit = ratings.feedback === 'explicit';

  const entries: HistoryEntry[] = [];
  let sum = 0;
  for (let e = pointers[customer]; e < pointers[customer + 1]; e++) {
    sum += values[e];
    const product = indices[e];
    entries.push({
      product: productCard(project, product),
      value: explicit ? values[e] : (log.units.get(product) ?? 1),
      time: log.times.get(product) ?? null,
    });
  }
  entries.sort((a, b) => b.value - a.value || (b.time ?? 0) - (a.time ?? 0) || b.product.count - a.product.count);

  return {
    customer: card,
    history: entries.slice(0, HISTORY_SHOWN),
    historyCount: entries.length,
    meanRating: explicit && entries.length > 0 ? sum / entries.length : null,
    overallMean: project.summary.meanRating,
    firstTime: Number.isFinite(log.first) ? log.first : null,
    lastTime: Number.isFinite(log.last) ? log.last : null,
    units: interactions.quantity ? log.allUnits : null,
    spend: interactions.price ? log.spend : null,
    categories: categoryShares(project, customer),
    attributes: interactions.customers.attributes
      .filter(({ values: codes }) => codes.codes[customer] !== NO_CODE)
      .map(({ name, values: dictionary }) => ({ name, value: dictionary.names[dictionary.codes[customer]] })),
  };
}
