import { beforeAll, describe, expect, it } from 'vitest';
import { NO_PRIVACY, type PrivacySettings } from '../data/protect.ts';
import type { HistoryChoice, ModelName, ScoringChoice } from '../models/recommender.ts';
import type { TopCustomers } from './api/lists.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { recommend } from './recommend.ts';
import { topCustomers } from './top-customers.ts';

const CAREFUL: PrivacySettings = { fewest: 4, most: null };
const PEOPLE = 90;

/**
 * Beside the others: one who likes nothing; what only three have, one of them without liking it; what everybody has; and
 * what somebody disliked and nobody chose.
 */
function text(): string {
  const more = [0, 5, 9].map((thing) => `sour,p${thing},1,1600000000`);
  for (const person of ['c3', 'c4']) more.push(`${person},rare,5,1600000000`);
  more.push('c8,rare,1,1600000000', 'c8,loathed,1,1600000000');
  for (let person = 0; person < PEOPLE; person++) more.push(`c${person},bread,4,1600000000`);
  return `${ratingText()}\n${more.join('\n')}`;
}

const { session, take, training } = openRooms();
const nothing = () => undefined;
const product = (id: string) => session.project.interactions.products.ids.indexOf(id);
const train = (run: string, model: ModelName, privacy = NO_PRIVACY) => {
  const settings = { factors: 4, epochs: 3, embedding: 4, batchSize: 64, hidden: 8 };
  return training.train(run, { model, preset: 'quick', settings, seed: 2, privacy }, nothing);
};
const ask = (run: string | null, id: string, count = 10, signal = new AbortController().signal) =>
  topCustomers(session, { product: product(id), count, run }, nothing, signal);
const ids = ({ customers }: TopCustomers) => customers.map(({ customer }) => customer.id);
const modelOf = (id: string) =>
  session.runs.find(({ summary }) => summary.id === id)?.choice as ScoringChoice & HistoryChoice;
/** By the lines of the file. */
const lines = () =>
  text()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
const owners = (id: string) => new Set(lines().flatMap(([who, what]) => (what === id ? [who] : [])));

beforeAll(async () => {
  await take(text());
  await expect(ask(null, 'p1')).rejects.toMatchObject({ code: 'notTrained' });
});

/** Everything by hand: each candidate's whole row of scores, as the model gives it for one customer alone. */
async function byHand(run: string, id: string, count: number): Promise<{ id: string; score: number }[]> {
  const { customers, products } = session.project.interactions;
  const model = modelOf(run);
  const all = lines();
  const found: { id: string; score: number }[] = [];
  for (const [row, who] of customers.ids.entries()) {
    const own = all.filter(([person]) => person === who);
    if (owners(id).has(who) || !own.some(([, , stars]) => Number(stars) >= 3)) continue;
    const scores = await model.scoresForMany(Uint32Array.of(row));
    const free = products.ids.flatMap((what, at) => (own.some((line) => line[1] === what) ? [] : [scores[at]]));
    const score = scores[product(id)];
    const place = 1 + free.filter((other) => other > score).length;
    const choices = own.filter(([, , stars]) => Number(stars) >= 3).length;
    found.push({ id: who, score: ['mf', 'ease'].includes(model.name) ? score : choices / place });
  }
  const rowIn = ({ id: who }: { id: string }) => customers.ids.indexOf(who);
  return found.sort((a, b) => b.score - a.score || rowIn(a) - rowIn(b)).slice(0, count);
}

describe.each<ModelName>(['mf', 'ease', 'bpr', 'vae'])('the top customers of a product by %s', (model) => {
  beforeAll(async () => {
    await train(model, model);
  });

  it('are those a walk through everybody finds, in that order', async () => {
    for (const [id, count] of [
      ['p1', 7],
      ['p20', 500],
      ['rare', 10],
    ] as const) {
      const expected = await byHand(model, id, count);
      const found = await ask(model, id, count);
      expect(ids(found)).toEqual(expected.map((one) => one.id));
      found.customers.forEach(({ score }, at) => {
        expect(score).toBeCloseTo(expected[at].score, 4);
      });
      expect(found).toMatchObject({ nobody: null, model });
      expect(found.among).toBe((await byHand(model, id, 1000)).length);
    }
  });

  it('have it in the place that their own list has it', async () => {
    const products = session.project.interactions.products.ids.length;
    for (const { customer, place } of (await ask(model, 'p20', 4)).customers) {
      const whatIf = { liked: [], disliked: [] };
      const { items } = await recommend(session, { customer: customer.customer, whatIf, count: products, run: model });
      expect(place).toBe(1 + items.findIndex((item) => item.product.id === 'p20'));
    }
  });

  it('do not have it, liked or not, and are people the model learned of', async () => {
    const everyone = await ask(model, 'rare', 500);
    for (const owner of owners('rare')) expect(ids(everyone)).not.toContain(owner);
    expect(owners('rare')).toContain('c8');
    expect(ids(everyone)).not.toContain('sour');
    expect(everyone.customers).toHaveLength(PEOPLE - 3);
  });

  it('are nobody, with the reason, where all have it or nobody chose it', async () => {
    expect(await ask(model, 'bread')).toMatchObject({ customers: [], nobody: 'nobodyLeft', among: 0 });
    expect(await ask(model, 'loathed')).toMatchObject({ customers: [], nobody: 'unlearned', among: PEOPLE - 1 });
  });

  it('are nobody for what privacy keeps out of lists', async () => {
    await train(`careful ${model}`, model, CAREFUL);
    expect(await ask(`careful ${model}`, 'rare')).toMatchObject({ customers: [], nobody: 'unlisted' });
    expect((await ask(`careful ${model}`, 'p1')).customers).toHaveLength(10);
  });

  it('end where nobody waits for them', async () => {
    const abort = new AbortController();
    const asked = ask(model, 'p1', 10, abort.signal);
    abort.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });
});

it('follow the taste that was planted, and tell how far they are', async () => {
  const told: (readonly [number, number | null])[] = [];
  const request = { product: product('p1'), count: 10, run: 'ease' };
  const { signal } = new AbortController();
  const found = await topCustomers(session, request, ({ done, total }) => told.push([done, total]), signal);
  expect(ids(found).filter((id) => Number(id.slice(1)) % 3 === 1).length).toBeGreaterThanOrEqual(8);
  expect(told.at(-1)).toEqual([found.among, found.among]);
  // Given up after a block of customers: the rest is not looked at.
  const abort = new AbortController();
  await expect(topCustomers(session, request, () => abort.abort(), abort.signal)).rejects.toMatchObject({
    code: 'cancelled',
  });
});

it('are a factorization’s where the model tells nobody apart, and refused where there is none', async () => {
  await train('factors', 'mf');
  await train('bestsellers', 'popularity');
  const own = await ask('factors', 'p1');
  expect(await ask('bestsellers', 'p1')).toEqual({ ...own, milliseconds: expect.any(Number) });
  expect(own.model).toBe('mf');
  await train('careful bestsellers', 'popularity', { fewest: 3, most: null });
  await expect(ask('careful bestsellers', 'p1')).rejects.toMatchObject({ code: 'tellsNobodyApart' });
  await expect(
    topCustomers(session, { product: 999, count: 3, run: null }, nothing, new AbortController().signal),
  ).rejects.toMatchObject({
    code: 'unknownProduct',
  });
});
