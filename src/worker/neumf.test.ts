import { beforeAll, describe, expect, it } from 'vitest';
import { choiceWeight } from '../data/ratings.ts';
import type { NeuMfChoiceModel } from '../models/neumf-choice.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { answering, questionRule, recommend, standWithout } from './recommend.ts';
import { choiceFromBytes } from './stored-models.ts';

const { session, training, take, train } = openRooms();
const settings = {
  embedding: 8,
  batchSize: 256,
  'taste.epochs': 1,
  'choice.epochs': 25,
  'choice.patience': 25,
  'choice.learningRate': 0.02,
};
const CUSTOMER = 4;

beforeAll(async () => {
  await take(ratingText());
  // Alone: no factorization answers in its place.
  await training.train('net', { model: 'neumf', preset: 'quick', settings, seed: 3 }, () => undefined);
});

const ask = (customer: number | null, liked: number[] = [], disliked: number[] = [], count = 45) =>
  recommend(session, { customer, whatIf: { liked, disliked }, count, run: 'net' });
const chosenBy = (customer: number): number[] => {
  const { ratings } = session.project;
  const { pointers, indices, values } = ratings.byUser;
  const rows = Array.from({ length: pointers[customer + 1] - pointers[customer] }, (_, at) => pointers[customer] + at);
  return rows.filter((e) => choiceWeight(values[e], ratings) > 0).map((e) => indices[e]);
};
const model = () => session.serving('net').choice as NeuMfChoiceModel;
const rowsOf = ({ items }: Awaited<ReturnType<typeof ask>>) => items.map(({ product }) => product.product);
const thirdOf = (product: number) => Number(session.project.interactions.products.ids[product].slice(1)) % 3;

describe('a run of NeuMF', () => {
  it('lists for a customer as they were what it was trained to', async () => {
    const { ratings } = session.project;
    const had = ratings.byUser.indices.slice(ratings.byUser.pointers[CUSTOMER], ratings.byUser.pointers[CUSTOMER + 1]);
    const trained = await model().topItems(CUSTOMER, 45, had);
    const list = await ask(CUSTOMER);
    expect(list.model).toBe('neumf');
    expect(rowsOf(list)).toEqual([...trained.indices]);
    expect(list.items.map(({ score }) => score)).toEqual([...trained.scores]);
  });

  it('says of each thing of a history how far a score falls without it, roughly', async () => {
    const chosen = chosenBy(CUSTOMER);
    const { items } = await ask(CUSTOMER, [], [], 5);
    let shown = 0;
    for (const { product, score, reasons } of items) {
      expect(reasons?.exact).toBe(false);
      const falls: number[] = [];
      for (const cause of chosen) {
        const without = await ask(CUSTOMER, [], [cause]);
        const left = without.items.find((item) => item.product.product === product.product)?.score ?? Number.NaN;
        if (score > left) falls.push(score - left);
      }
      falls.sort((a, b) => b - a);
      expect(reasons?.because).toHaveLength(Math.min(3, falls.length));
      reasons?.because.forEach(({ product: cause, amount }, place) => {
        expect(chosen).toContain(cause.product);
        expect(amount).toBeCloseTo(falls[place], 3);
        shown++;
      });
    }
    expect(shown).toBeGreaterThan(8);
  });

  it('moves a suggestion down without its reason, to where the list without it has it', async () => {
    const { items } = await ask(CUSTOMER);
    let fell = 0;
    for (const place of [1, 3, 5]) {
      const suggested = items[place].product.product;
      const cause = items[place].reasons?.because[0]?.product.product;
      if (cause === undefined) throw new TypeError('a reason');
      const request = { customer: CUSTOMER, whatIf: { liked: [], disliked: [] }, run: 'net' };
      const stands = standWithout(session, { ...request, product: suggested, without: cause });
      expect(stands?.before).toBe(place + 1);
      const changed = await ask(CUSTOMER, [], [cause]);
      expect(stands?.after).toBe(rowsOf(changed).indexOf(suggested) + 1);
      const [before, after] = [items[place].score, changed.items[(stands?.after ?? 0) - 1].score];
      expect(after).toBeLessThan(before);
      if ((stands?.after ?? 0) > place + 1) fell++;
    }
    expect(fell).toBeGreaterThan(0);
  });

  it('answers what-if by itself, in the direction of what is liked', async () => {
    const plain = await ask(CUSTOMER);
    const other = rowsOf(plain)
      .filter((product) => thirdOf(product) === 2)
      .slice(0, 5);
    const changed = await ask(CUSTOMER, other);
    expect(changed.model).toBe('neumf');
    const mean = (list: typeof plain, third: number) => {
      const places = rowsOf(list)
        .filter((product) => !other.includes(product))
        .flatMap((product, place) => (thirdOf(product) === third ? [place] : []));
      return places.reduce((sum, place) => sum + place, 0) / places.length;
    };
    expect(mean(changed, 2)).toBeLessThan(mean(plain, 2));
    for (const product of other) expect(rowsOf(changed)).not.toContain(product);
    // A what-if that is taken back leaves the list it was trained to.
    expect((await ask(CUSTOMER)).items).toEqual(plain.items);
  });

  it('answers for somebody new, with reasons that are roughly so, and asks them by itself where nobody else can', async () => {
    const liked = session.project.interactions.products.ids.flatMap((_, product) =>
      thirdOf(product) === 1 ? [product] : [],
    );
    const list = await ask(null, liked.slice(0, 4), [], 10);
    expect(list.model).toBe('neumf');
    const ofTheirs = rowsOf(list).filter((product) => thirdOf(product) === 1);
    expect(ofTheirs.length).toBeGreaterThanOrEqual(8);
    expect(list.items[0].reasons?.exact).toBe(false);
    expect(list.items[0].reasons?.because.length).toBeGreaterThan(0);
    const { summary, choice } = answering(session, 'net', 'new');
    expect([summary.id, questionRule(choice)]).toEqual(['net', 'entropy']);
  });

  it('comes back from what was stored with the answers it had', async () => {
    const back = choiceFromBytes(
      'neumf',
      model().toBytes(),
      session.serving('net').choice as never,
    ) as NeuMfChoiceModel;
    const own = {
      items: Uint32Array.from(chosenBy(CUSTOMER)),
      values: new Float32Array(chosenBy(CUSTOMER).length).fill(1),
    };
    const changed = { items: own.items.slice(2), values: own.values.slice(2) };
    expect(back.inPersonOf(CUSTOMER, own).scoresFrom(changed)).toEqual(
      model().inPersonOf(CUSTOMER, own).scoresFrom(changed),
    );
  });

  it('leaves who is new to a factorization where there is one', async () => {
    await train('mf');
    const { summary, choice } = answering(session, 'net', 'new');
    expect([summary.request.model, questionRule(choice)]).toEqual(['mf', 'lists']);
    expect((await ask(null, [1])).model).toBe('mf');
    expect((await ask(CUSTOMER, [1])).model).toBe('neumf');
  });
});
