import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { barring } from '../models/barred.ts';
import { MODEL_NAMES, type ModelName } from '../models/recommender.ts';
import { NEUTRAL } from '../models/rerank-settings.ts';
import type { RecommendRequest } from './api/lists.ts';
import type { TrainRequest } from './api/training.ts';
import { openRooms } from './engine-rooms.testing.ts';
import { exportLists } from './exporting.ts';
import { learnedBy } from './learned.ts';
import { answering, recommend, standWithout } from './recommend.ts';
import { choiceFromBytes } from './stored-models.ts';

const [PEOPLE, COMMON, RARE] = [90, 24, 8];
const PRIVACY = { fewest: 4, most: 9 };
const TINY = { factors: 4, epochs: 3, hidden: 4, burnIn: 1, samples: 2, embedding: 4, batchSize: 64 };

/** Everybody rates half of 24 things; each of eight more is loved by three people and nobody else. All are described. */
function text(): string {
  const random = createRandom(5);
  const lines = ['user_id,item_id,title,category,rating,timestamp'];
  const say = (person: number, thing: string, kind: number, rating: number, day: number) =>
    lines.push(
      `c${person},${thing},story of ${['crime', 'garden', 'space'][kind]} ${thing},${['Crime', 'Garden', 'Space'][kind]},${rating},${1_600_000_000 + day * 86_400}`,
    );
  for (let person = 0; person < PEOPLE; person++) {
    for (let thing = 0; thing < COMMON; thing++) {
      if (random.next() < 0.5) continue;
      say(person, `p${thing}`, thing % 3, (thing % 3 === person % 3 ? 4 : 1) + random.integer(2), random.integer(90));
    }
    // The latest of all, and loved: whoever learned from it would list it.
    for (let rare = 0; rare < RARE; rare++) if (person % 30 === rare) say(person, `rare${rare}`, person % 3, 5, 100);
  }
  return lines.join('\n');
}

const { session, take, training } = openRooms();
const request = (model: ModelName): TrainRequest => ({
  model,
  preset: 'quick',
  settings: TINY,
  seed: 3,
  privacy: PRIVACY,
});
const ids = () => session.project.interactions.products.ids;
const everybody = Array.from({ length: PEOPLE }, (_, customer) => customer);
const NOTHING = { liked: [], disliked: [] };
const listFor = async (run: string, customer: number | null, more: Partial<RecommendRequest> = {}) =>
  (await recommend(session, { customer, whatIf: NOTHING, count: 40, run, ...more })).items.map(
    ({ product }) => product.id,
  );
const isRare = (id: string) => id.startsWith('rare');

beforeAll(async () => {
  await take(text());
  expect(session.project.interactions.products.titles).not.toBeNull();
});

describe.each(MODEL_NAMES)('%s, trained with privacy', (model) => {
  beforeAll(async () => {
    // Whom the others ask of people they do not know; older runs are let go.
    await training.train('beside', request('mf'), () => undefined);
    const { privacy } = (await training.train(model, request(model), () => undefined)).request;
    expect(privacy).toEqual(PRIVACY);
  });

  it('lists nothing that fewer than four chose: to customers, to somebody new, in the file, after a reload', async () => {
    const run = session.runs.find(({ summary }) => summary.id === model);
    if (!run) throw new TypeError('a run');
    expect(run.summary.recall10).toBeGreaterThanOrEqual(0);
    // Of ordinary things everything a customer does not have is still there.
    const { byUser } = session.project.ratings;
    for (const customer of [0, 7, 33]) {
      const had = [...byUser.indices.subarray(byUser.pointers[customer], byUser.pointers[customer + 1])].map(
        (item) => ids()[item],
      );
      const list = await listFor(model, customer);
      const expected = ids().filter((id) => !isRare(id) && !had.includes(id));
      expect(list.toSorted()).toEqual(expected.toSorted());
    }
    expect((await listFor(model, null)).filter(isRare)).toEqual([]);
    const liked = [ids().indexOf('rare2'), ids().indexOf('p3')];
    const whatIf = { liked, disliked: [] };
    const factorized = answering(session, model, 'new').summary.request;
    expect(factorized.privacy).toEqual(PRIVACY);
    expect((await listFor(model, null, { whatIf })).filter(isRare)).toEqual([]);
    expect((await listFor(model, 5, { whatIf })).filter(isRare)).toEqual([]);
    const rerank = { ...NEUTRAL, niche: 1, variety: 0.55 };
    expect((await listFor(model, 5, { rerank })).filter(isRare)).toEqual([]);

    const without = { run: model, customer: 5, whatIf: NOTHING, product: ids().indexOf('rare4'), without: 0 };
    expect(standWithout(session, without) ?? { before: null, after: null }).toEqual({ before: null, after: null });

    const file = await (
      await exportLists(session, { count: 40, run: model }, () => undefined, new AbortController().signal)
    ).text();
    expect(file.trim().split('\n').length).toBeGreaterThan(PEOPLE * 8);
    expect(file).not.toContain('rare');

    const back = choiceFromBytes(model, run.choice.toBytes(), createReferenceDevice());
    const again = barring(back, learnedBy(session.project, run.summary.request).unlisted);
    const none = { pointers: new Uint32Array(PEOPLE + 1), indices: new Uint32Array() };
    const { indices } = await again.topItemsForMany(Uint32Array.from(everybody), 32, none);
    const listed = new Set(indices);
    for (const item of ids().keys()) expect(listed.has(item)).toBe(!isRare(ids()[item]));
    back.destroy();
  });
});

it('nobody who learned from more stands in for a run with privacy', async () => {
  const plain = openRooms();
  await plain.take(text());
  const { privacy: _, ...open } = request('mf');
  await plain.training.train('open', open, () => undefined);
  await plain.training.train('careful', request('popularity'), () => undefined);
  const whatIf = { liked: [0], disliked: [] };
  const ask = (run: string) => recommend(plain.session, { customer: null, whatIf, count: 5, run });
  await expect(ask('careful')).rejects.toMatchObject({ code: 'factorizationMissing' });
  expect((await ask('open')).items).toHaveLength(5);
  await plain.training.train('mf', request('mf'), () => undefined);
  expect((await ask('careful')).items).toHaveLength(5);
  // with nothing known of somebody, what most people chose is counted on what was learned from
  const nobody = { customer: null, whatIf: NOTHING, count: 40, run: 'mf' };
  const shown = (await recommend(plain.session, nobody)).items;
  expect(shown.filter(({ product }) => isRare(product.id))).toEqual([]);
  const { byItem } = learnedBy(plain.session.project, request('mf')).ratings;
  const liked = byItem.values.subarray(
    byItem.pointers[shown[0].product.product],
    byItem.pointers[shown[0].product.product + 1],
  );
  expect(shown[0].score).toBe(liked.filter((stars) => stars >= 3).length);
});

it('what would leave too little is refused with what to do', async () => {
  const strict = { ...request('ease'), privacy: { fewest: 80, most: null } };
  await expect(training.train('strict', strict, () => undefined)).rejects.toMatchObject({
    code: 'tooPrivate',
    params: { entries: 0, products: 0 },
  });
});

it('a run without privacy lists them, so that the test would notice', async () => {
  await training.train('open', { model: 'ease', preset: 'quick', settings: {}, seed: 3 }, () => undefined);
  const lists = await Promise.all(everybody.map((customer) => listFor('open', customer)));
  expect(lists.flat().some(isRare)).toBe(true);
});
