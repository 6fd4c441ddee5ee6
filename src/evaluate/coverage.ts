import type { Pairs } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import type { FoldableTaste, TasteModel } from '../models/recommender.ts';

/** Customers looked at: each costs an exact solve, and their ratings fix a share to within a percent. */
const CUSTOMERS = 500;

const hasIntervals = (model: TasteModel): model is FoldableTaste => 'ratingInterval' in model;

/**
 * Share of the held-out ratings of some customers, evenly spaced, that lie inside the 90 % interval around their
 * prediction. null for a model without intervals and where nothing is held out.
 */
export async function intervalCoverage(model: TasteModel, train: Ratings, test: Pairs): Promise<number | null> {
  if (!hasIntervals(model) || test.users.length === 0) return null;
  const byCustomer = new Map<number, number[]>();
  test.users.forEach((user, p) => {
    const pairs = byCustomer.get(user);
    if (pairs) pairs.push(p);
    else byCustomer.set(user, [p]);
  });
  const customers = Array.from(byCustomer.keys()).sort((a, b) => a - b);
  const step = Math.max(1, customers.length / CUSTOMERS);
  const { pointers, indices, values } = train.byUser;
  let inside = 0;
  let count = 0;
  for (let at = 0; at < customers.length; at += step) {
    const user = customers[Math.floor(at)];
    const pairs = byCustomer.get(user) ?? [];
    const [from, to] = [pointers[user], pointers[user + 1]];
    const history = { items: indices.subarray(from, to), values: values.subarray(from, to) };
    const items = Uint32Array.from(pairs, (p) => test.items[p]);
    const stars = await model.predict(new Uint32Array(items.length).fill(user), items);
    pairs.forEach((p, place) => {
      if (Math.abs(test.values[p] - stars[place]) <= model.ratingInterval(history, items[place])) inside++;
    });
    count += pairs.length;
  }
  return inside / count;
}
