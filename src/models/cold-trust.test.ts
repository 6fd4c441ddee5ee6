import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { tableOf } from './about.testing.ts';
import { chosenTable, randomChoices } from './choices.testing.ts';
import { spokenFor } from './cold-products.ts';
import { createTrustTrial } from './cold-trust.ts';

const [USERS, PRODUCTS] = [90, 50];
const planted = randomChoices(USERS, PRODUCTS, 5);
const about = {
  customers: tableOf([]),
  products: tableOf(Array.from({ length: PRODUCTS }, (_, item) => ({ title: `kind${item % 6} size${item % 4}` }))),
};
const ratings = { ...planted, about };
const TRIED = [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.6];

/** Products the trial takes for new: drawn as it draws them, from those with five choices. */
function taken(seed: number): Uint32Array {
  const table = chosenTable(planted);
  const able = Uint32Array.from({ length: PRODUCTS }, (_, item) => item).filter(
    (item) => table.filter((row) => row[item] === 1).length >= 5,
  );
  return createRandom(seed)
    .shuffle(able)
    .slice(0, Math.ceil(0.1 * able.length))
    .sort();
}

describe('how far scores by likeness are trusted', () => {
  it('is the largest trust that costs others at most a hundredth, as whole lists in plain loops say', async () => {
    const chosen = new Set<number>();
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const random = createRandom(seed * 7);
      const trial = await createTrustTrial(ratings, seed, null);
      const cold = await spokenFor(ratings, taken(seed));
      if (!trial || !cold) throw new TypeError('something to try');
      const recalls = TRIED.map(() => 0);
      for (let user = 0; user < 40; user++) {
        const scores = random.normals(PRODUCTS);
        const drawn = random.shuffle(Uint32Array.from({ length: PRODUCTS }, (_, item) => item));
        const history = drawn.slice(0, 6).sort();
        // what scores high is what was held out, so that every place of a list counts
        const relevant = drawn
          .slice(6)
          .sort((a, b) => scores[b] - scores[a])
          .slice(0, 12)
          .sort();
        trial.see(scores, history, relevant);
        const wanted = Array.from(relevant).filter((item) => !cold.items.includes(item));
        TRIED.forEach((trust, t) => {
          const own = Array.from(scores);
          cold.items.forEach((item, row) => {
            const [from, to] = [cold.near.pointers[row], cold.near.pointers[row + 1]];
            own[item] = 0;
            for (let e = from; e < to; e++) own[item] += trust * cold.near.values[e] * scores[cold.near.indices[e]];
          });
          const list = own
            .map((_, item) => item)
            .filter((item) => cold.items.includes(item) || !history.includes(item))
            .sort((a, b) => own[b] - own[a] || Number(cold.items.includes(a)) - Number(cold.items.includes(b)) || a - b)
            .slice(0, 10);
          recalls[t] += wanted.filter((item) => list.includes(item)).length / wanted.length;
        });
      }
      const within = TRIED.filter((_, t) => recalls[t] >= 0.99 * recalls[0]);
      expect(trial.chosen()).toBe(Math.max(...within));
      chosen.add(trial.chosen() ?? Number.NaN);
    }
    // the bound binds somewhere
    expect(Math.min(...chosen)).toBeLessThan(1.6);
  });

  it('is none where those that are really cold take places of what is wanted, and stays where they are wanted', async () => {
    // Two products that are like the first ones of their kind, and score as high as those.
    const cold = {
      items: Uint32Array.of(48, 49),
      near: {
        rows: 2,
        columns: PRODUCTS,
        pointers: Uint32Array.of(0, 1, 2),
        indices: Uint32Array.of(0, 1),
        values: Float32Array.of(1, 1),
      },
    };
    const scores = Float32Array.from({ length: PRODUCTS }, (_, item) => (item < 48 ? PRODUCTS - item : 0));
    const after = async (relevant: readonly number[]) => {
      const trial = await createTrustTrial(ratings, 1, cold);
      if (!trial) throw new TypeError('something to try');
      trial.see(scores, new Uint32Array(), Uint32Array.from(relevant));
      return trial.chosen();
    };
    // The tenth place is the only one that is wanted: a cold one before it pushes it out.
    expect(await after([9])).toBeLessThan(1);
    // Nothing else is wanted than a cold one.
    expect(await after([48])).toBeGreaterThan(1);
  });

  it('is none of its own where lists find nothing, whatever is trusted', async () => {
    const trial = await createTrustTrial(ratings, 1, null);
    if (!trial) throw new TypeError('something to try');
    expect(trial.chosen()).toBeNull();
    // Held out is what scores least of all but the drawn ones, which are not looked for.
    const last = Array.from({ length: PRODUCTS }, (_, item) => item).findLast((item) => !taken(1).includes(item)) ?? -1;
    const scores = Float32Array.from({ length: PRODUCTS }, (_, item) => (item === last ? -99 : PRODUCTS - item));
    trial.see(scores, new Uint32Array(), Uint32Array.of(last));
    expect(trial.chosen()).toBeNull();
  });

  it('has nothing to be tried on without text', async () => {
    expect(await createTrustTrial(planted, 1, null)).toBeNull();
  });
});
