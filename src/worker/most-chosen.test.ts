import { beforeAll, describe, expect, it } from 'vitest';
import { NO_PRIVACY, type PrivacySettings } from '../data/protect.ts';
import type { ModelName } from '../models/recommender.ts';
import { NEUTRAL, type RerankSettings } from '../models/rerank-settings.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { exportLists } from './exporting.ts';
import { learnedBy } from './learned.ts';
import { mostChosen } from './most-chosen.ts';
import { recommend } from './recommend.ts';

const CAREFUL: PrivacySettings = { fewest: 4, most: null };
const COUNT = 12;

/** Beside the others: one who likes nothing, and one who has rare things alone. */
function text(): string {
  const more = [0, 5, 9].map((thing) => `sour,p${thing},1,1600000000`);
  for (const person of ['odd', 'c3', 'c4']) more.push(`${person},rare,5,1600000000`);
  return `${ratingText()}\n${more.join('\n')}`;
}

const { session, take, training } = openRooms();
const row = (id: string) => session.project.interactions.customers.ids.indexOf(id);

/** What is chosen most, by hand: 3 stars of 5 and more are a choice. */
function countedByHand(id: string, privacy: PrivacySettings): [string, number][] {
  const lines = text()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  const choosers = new Map<string, number>();
  for (const [, product] of lines) choosers.set(product, 0);
  for (const [, product, stars] of lines) {
    if (Number(stars) >= 3) choosers.set(product, (choosers.get(product) as number) + 1);
  }
  const had = new Set(lines.filter(([customer]) => customer === id).map(([, product]) => product));
  const { ids } = session.project.interactions.products;
  return [...choosers]
    .filter(([product, count]) => !had.has(product) && count >= privacy.fewest)
    .sort(([a, times], [b, others]) => others - times || ids.indexOf(a) - ids.indexOf(b))
    .slice(0, COUNT);
}

async function exported(run: string, id: string, rerank?: RerankSettings): Promise<[string, number][]> {
  const request = { count: COUNT, run, ...(rerank ? { rerank } : {}) };
  const file = await (await exportLists(session, request, () => undefined, new AbortController().signal)).text();
  return file
    .trim()
    .split('\r\n')
    .map((line) => line.split(','))
    .filter(([customer]) => customer === id)
    .map(([, , product, , score]) => [product, Number(score)]);
}

async function shown(run: string, id: string, rerank?: RerankSettings): Promise<[string, number][]> {
  const whatIf = { liked: [], disliked: [] };
  const request = { customer: row(id), whatIf, count: COUNT, run, ...(rerank ? { rerank } : {}) };
  return (await recommend(session, request)).items.map(({ product, score }) => [product.id, score]);
}

beforeAll(() => take(text()));

describe.each<ModelName>(['mf', 'ease', 'neumf'])('of whom %s learned nothing', (model) => {
  const settings = { factors: 4, epochs: 2, embedding: 4, batchSize: 64 };
  const train = (run: string, privacy: PrivacySettings) =>
    training.train(run, { model, preset: 'quick', settings, seed: 2, privacy }, () => undefined);

  it('has the same list on the page and in the file: what most people choose', async () => {
    await train(`${model} all`, NO_PRIVACY);
    const byHand = countedByHand('sour', NO_PRIVACY);
    expect(byHand).toHaveLength(COUNT);
    expect(await shown(`${model} all`, 'sour')).toEqual(byHand);
    expect(await exported(`${model} all`, 'sour')).toEqual(byHand);
    // Whose taste is known has a list of their own.
    expect((await exported(`${model} all`, 'c4')).map(([id]) => id)).not.toEqual(
      countedByHand('c4', NO_PRIVACY).map(([id]) => id),
    );
  });

  it('the same where privacy left nothing of them, and where lists are re-ordered', async () => {
    await train(`${model} careful`, CAREFUL);
    const byHand = countedByHand('odd', CAREFUL);
    expect(await shown(`${model} careful`, 'odd')).toEqual(byHand);
    expect(await exported(`${model} careful`, 'odd')).toEqual(byHand);
    const [last, never] = [44, 7];
    const rerank = { ...NEUTRAL, niche: 0.6, rules: { ...NEUTRAL.rules, always: [last], never: [never] } };
    for (const id of ['odd', 'sour']) {
      const list = await shown(`${model} careful`, id, rerank);
      expect(list[0][0]).toBe(session.project.interactions.products.ids[last]);
      expect(await exported(`${model} careful`, id, rerank)).toEqual(list);
    }
  });
});

it('is counted once for the data: asking again costs no walk through it', () => {
  const learned = learnedBy(session.project, {});
  const first = mostChosen(learned, 50, new Uint32Array());
  const { values } = learned.ratings.byUser;
  const before = values.slice();
  values.fill(1);
  expect(mostChosen(learned, 50, new Uint32Array())).toEqual(first);
  values.set(before);
  // As many as there are, each once, whatever is asked for.
  expect([...first.indices].sort((a, b) => a - b)).toEqual([...session.project.interactions.products.ids.keys()]);
});
