import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { PrivacySettings } from '../data/protect.ts';
import type { SimilarityMeasure } from '../insight/heatmap-types.ts';
import { mostSimilar } from '../insight/most-similar.ts';
import { pairDetail } from '../insight/pair-detail.ts';
import type { ModelName } from '../models/recommender.ts';
import { openRooms } from './engine-rooms.testing.ts';
import { heatmap, seenBy } from './pictures.ts';

const PEOPLE = 60;
const CAREFUL: PrivacySettings = { fewest: 4, most: null };
const OTHER: PrivacySettings = { fewest: 5, most: null };

/** Two kinds of people for two kinds of things; three of the first kind love three things that nobody else has. */
function text(): string {
  const random = createRandom(8);
  const lines = ['user,item,rating'];
  for (let person = 0; person < PEOPLE; person++) {
    for (let thing = 0; thing < 20; thing++) {
      const liked = thing % 2 === person % 2;
      if (random.next() < (liked ? 0.7 : 0.15)) lines.push(`c${person},p${thing},${liked ? 5 : 2}`);
    }
    if (person < 6 && person % 2 === 0) for (let rare = 0; rare < 3; rare++) lines.push(`c${person},rare${rare},5`);
  }
  return lines.join('\n');
}

const { session, take, training } = openRooms();
const train = (run: string, model: ModelName, privacy?: PrivacySettings) =>
  training.train(
    run,
    { model, preset: 'quick', settings: { factors: 4, epochs: 5 }, seed: 1, ...(privacy ? { privacy } : {}) },
    () => undefined,
  );
const vectorsOf = (id: string) => {
  const choice = session.runs.find(({ summary }) => summary.id === id)?.choice;
  if (!choice || !('itemVectors' in choice)) throw new TypeError(`${id} has no vectors`);
  return choice.itemVectors;
};
const product = (id: string) => session.project.interactions.products.ids.indexOf(id);
const customer = (id: string) => session.project.interactions.customers.ids.indexOf(id);

/** All that the Map ever says, of everything there is. */
async function said(measure: SimilarityMeasure, run: string): Promise<string> {
  const device = createReferenceDevice();
  const { interactions } = session.project;
  const all: unknown[] = [];
  for (const side of ['products', 'customers'] as const) {
    const request = { side, measure, size: 200, choose: { by: 'popularity' }, run } as const;
    const { labels, groups } = await heatmap(session, device, request, () => undefined, new AbortController().signal);
    const { ratings, vectors } = seenBy(session, side, measure, run);
    const [a, b] = side === 'products' ? [product('p0'), product('p2')] : [customer('c0'), customer('c2')];
    all.push(labels, groups, await pairDetail(ratings, interactions, side, measure, a, b, vectors));
    all.push(await mostSimilar(ratings, interactions[side], side, measure, a, 50, { vectors }));
  }
  return JSON.stringify(all);
}

beforeAll(async () => {
  await take(text());
  expect(() => seenBy(session, 'products', 'model', null)).toThrowError(
    expect.objectContaining({ code: 'notTrained' }),
  );
  await train('careful', 'mf', CAREFUL);
  await train('careful ease', 'ease', CAREFUL);
  await train('other ease', 'ease', OTHER);
  await train('open', 'mf');
  await train('open ease', 'ease');
});

describe('the space of the model', () => {
  const seen = (run: string | null) => seenBy(session, 'products', 'model', run).vectors;

  it('is that of the run that answers, and of the newest factorization where nobody chose', () => {
    expect(seen('careful')).toEqual(vectorsOf('careful'));
    expect(seen('open')).toEqual(vectorsOf('open'));
    expect(seen(null)).toEqual(vectorsOf('open'));
    expect(vectorsOf('open')).not.toEqual(vectorsOf('careful'));
  });

  it('is that of a factorization which learned from the same, where the run that answers has none', () => {
    expect(seen('careful ease')).toEqual(vectorsOf('careful'));
    expect(seen('open ease')).toEqual(vectorsOf('open'));
    expect(() => seen('other ease')).toThrowError(expect.objectContaining({ code: 'spaceMissing' }));
  });

  it('says nothing of what the run that answers was kept from: no row, no name of a group, nothing two have in common', async () => {
    expect(await said('model', 'open')).toContain('rare');
    expect(await said('model', 'careful')).not.toContain('rare');
    expect(await said('model', 'careful ease')).not.toContain('rare');
    // What is counted is counted in the data, whoever answers.
    expect(await said('cosine', 'careful')).toContain('rare');
  });

  it('knows as many customers and ordinary things as there are', async () => {
    const device = createReferenceDevice();
    const { signal } = new AbortController();
    for (const [side, rows] of [
      ['products', 20],
      ['customers', PEOPLE],
    ] as const) {
      const request = { side, measure: 'model', size: 200, choose: { by: 'popularity' }, run: 'careful' } as const;
      const result = await heatmap(session, device, request, () => undefined, signal);
      expect(result.rows).toHaveLength(rows);
      expect(result.values.every(Number.isFinite)).toBe(true);
      expect(result.request).toEqual(request);
    }
  });
});

describe('a run of which only the figures are left', () => {
  it('is answered for by one that was kept from the same, never by one that learned more', () => {
    const { runs, summaries } = session;
    const without = (...ids: string[]) => runs.filter(({ summary }) => !ids.includes(summary.id));
    const serving = (id: string | null) => session.serving(id).summary.id;
    session.restore(without('careful ease'), summaries, []);
    expect(serving('careful ease')).toBe('careful');
    session.restore(without('careful', 'careful ease'), summaries, []);
    expect(() => serving('careful')).toThrowError(expect.objectContaining({ code: 'modelMissing' }));
    expect(() => seenBy(session, 'products', 'model', 'careful')).toThrowError(
      expect.objectContaining({ code: 'modelMissing' }),
    );
    // Nobody in particular: the newest factorization, as ever.
    expect(serving(null)).toBe('open');
    expect(serving('a run of another day')).toBe('open');
    session.restore(runs, summaries, []);
  });
});
