import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { createWasmDevice } from '../compute/wasm/device.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';
import { byPopularity, chosenTable, historyOf, randomChoices, sortedList } from './choices.testing.ts';
import { inColumns, someChosenPairs } from './chosen-pairs.ts';
import { hasFixedSplit, ratingsFromPairs, readPairs } from './fixed-split.testing.ts';
import { groupChoices, historiesOf, hitPlaces, validationRecall } from './held-out.ts';
import { plantedRatings, splitOff } from './planted.testing.ts';
import { RankedCatalogue } from './ranked-catalogue.ts';
import type { Checkpoint, EpochEvent, FitContext } from './recommender.ts';
import { vae } from './vae.ts';
import { VaeModel } from './vae-model.ts';
import type { VaeOptions } from './vae-options.ts';
import { vaeParts } from './vae-parts.ts';
import { livelyVae, plainScores } from './vae-plain.testing.ts';

const [USERS, ITEMS] = [50, 18];
const ratings = randomChoices(USERS, ITEMS, 8);
const table = chosenTable(ratings);
const order = byPopularity(table);
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);
const everything = Array.from({ length: ITEMS }, (_, item) => item);
const reference = createReferenceDevice();
const wasm = await createWasmDevice({ threads: 1 });

/** A model of weights nobody trained: what is asked is whether it says what they say. */
function lively(latent: number, device: ComputeDevice, most = ITEMS) {
  const chosen = someChosenPairs(ratings);
  const catalogue = RankedCatalogue.of(chosen, most);
  const shape = { products: catalogue.size, hidden: 8, latent };
  const weights = livelyVae(shape, 11);
  const parts = vaeParts(catalogue, inColumns(chosen, catalogue.order).byCustomer, shape, weights);
  /** By product; the mean over the catalogue taken out. */
  const scoresOf = (items: readonly number[]) => {
    const columns = items.map((item) => catalogue.order.indexOf(item)).filter((column) => column >= 0);
    const logits = plainScores(shape, weights, columns);
    const mean = logits.reduce((sum, logit) => sum + logit, 0) / logits.length;
    const scores = new Array<number>(ITEMS).fill(Number.NEGATIVE_INFINITY);
    catalogue.order.forEach((item, column) => {
      scores[item] = logits[column] - mean;
    });
    return scores;
  };
  return { model: new VaeModel(parts, device), scoresOf };
}

const own = (user: number) => everything.filter((item) => table[user][item] === 1);
const nobodyIsLeft = () => Promise.reject(new AppError('deviceLost', { device: 'wasm' }));

describe.each([
  ['code is the hidden layer', 0],
  ['code of its own', 3],
] as const)('what a list autoencoder says (%s)', (_, latent) => {
  it.each([
    ['reference', reference],
    ['wasm', wasm],
    ['a device that has gone', { ...reference, topK: nobodyIsLeft, dots: nobodyIsLeft }],
  ] satisfies [string, ComputeDevice][])(
    'is the network’s logits, one by one and for many (%s)',
    async (__, device) => {
      const { model, scoresOf } = lively(latent, device);
      const all = await model.scoresForMany(everybody);
      const few = await model.scoresForMany(everybody.subarray(3, 6));
      const exclude = historiesOf(ratings.byUser, everybody);
      const lists = await model.topItemsForMany(everybody, 5, exclude);
      const someLists = await model.topItemsForMany(
        everybody.subarray(0, 4),
        5,
        historiesOf(ratings.byUser, everybody.subarray(0, 4)),
      );
      expect([...someLists.indices]).toEqual([...lists.indices.subarray(0, 20)]);
      for (const user of everybody) {
        const has = [...exclude.indices.subarray(exclude.pointers[user], exclude.pointers[user + 1])];
        // Customer 0 likes nothing: popularity.
        const expected = user === 0 ? everything.map((item) => -order.indexOf(item)) : scoresOf(own(user));
        const listed = sortedList(expected, order, has).slice(0, 5);
        expect([...lists.indices.subarray(user * 5, user * 5 + listed.length)]).toEqual(listed);
        expect([...(await model.topItems(user, 5, Uint32Array.from(has))).indices]).toEqual(listed);
        if (user === 0) continue;
        const from = model.scoresFrom(historyOf(table, user));
        expected.forEach((score, item) => {
          expect(all[user * ITEMS + item]).toBeCloseTo(score, 4);
          expect(from[item]).toBeCloseTo(score, 4);
          if (user >= 3 && user < 6) expect(few[(user - 3) * ITEMS + item]).toBeCloseTo(score, 4);
        });
      }
    },
  );

  it('without one thing of a history is what a history without it says', () => {
    const { model, scoresOf } = lively(latent, reference, 12);
    const history = historyOf(table, 7);
    const asked = Uint32Array.of(order[0], order[5], order[14]);
    const scores = model.scoresWithout(history, history.items, asked);
    expect(history.items.length).toBeGreaterThan(3);
    history.items.forEach((thing, row) => {
      const left = scoresOf(own(7).filter((item) => item !== thing));
      asked.forEach((item, at) => {
        const score = scores[row * asked.length + at];
        if (Number.isFinite(left[item])) expect(score).toBeCloseTo(left[item], 4);
        else expect(score).toBe(left[item]);
      });
    });
    // Without its only thing, a history is asked as nothing.
    const single = { items: history.items.subarray(0, 1), values: Float32Array.of(1) };
    const alone = model.scoresWithout(single, single.items, asked);
    expect(alone[0]).toBeCloseTo(scoresOf([])[order[0]], 4);
  });

  it('comes back from bytes saying the same, and refuses damaged ones', async () => {
    const { model } = lively(latent, reference, 12);
    const bytes = model.toBytes();
    const back = VaeModel.fromBytes(bytes, reference);
    expect(back.leftOut).toBe(6);
    expect(await back.scoresForMany(everybody)).toEqual(await model.scoresForMany(everybody));
    expect(back.toBytes()).toEqual(bytes);
    const broken = bytes.slice();
    broken[bytes.length - 3] ^= 0x40;
    expect(() => VaeModel.fromBytes(broken, reference)).toThrow(AppError);
    for (const name of ['encoder', 'encoderBias', 'products', 'productBias', ...(latent ? ['middle'] : [])] as const) {
      const parts = { ...model.parts, [name]: model.parts[name as 'encoder'].slice(1) };
      expect(() => VaeModel.fromBytes(new VaeModel(parts, reference).toBytes(), reference), name).toThrow(AppError);
    }
  });

  it('asks with popularity for who has nothing, and never lists what is left out', () => {
    const { model } = lively(latent, reference, 12);
    const nothing = { items: new Uint32Array(), values: new Float32Array() };
    expect([...model.topItemsFrom(nothing, 4, Uint32Array.of()).indices]).toEqual(order.slice(0, 4));
    const onlyLeftOut = { items: Uint32Array.of(order[15]), values: Float32Array.of(1) };
    const list = model.topItemsFrom(onlyLeftOut, ITEMS, Uint32Array.of());
    expect([...list.indices]).toEqual(order.slice(0, 12));
    const disliked = { items: Uint32Array.of(order[1]), values: Float32Array.of(0) };
    expect([...model.topItemsFrom(disliked, 2, Uint32Array.of()).indices]).toEqual(order.slice(0, 2));
  });
});

const planted = splitOff(plantedRatings({ users: 120, items: 40, perUser: 16, noise: 0.2, seed: 3 }), 6);
const options: VaeOptions = {
  ...vae.defaults('quick', planted.ratings),
  hidden: 16,
  batchCustomers: 32,
  epochs: 4,
  learningRate: 0.01,
  decay: 1,
};
const fit = (context: Partial<FitContext> = {}, changes: Partial<VaeOptions> = {}, data: Ratings = planted.ratings) =>
  vae.fit(data, { ...options, ...changes }, { device: reference, ...context });

describe.each([0, 6])('a fit of the list autoencoder (latent %i)', (latent) => {
  it('finds the two tastes: four of five suggestions are of the customer’s own', async () => {
    const events: EpochEvent[] = [];
    const { model } = await fit({ onEpoch: (event) => events.push(event) }, { epochs: 25, latent });
    let matching = 0;
    const customers = Uint32Array.from({ length: 120 }, (_, user) => user);
    const exclude = historiesOf(planted.ratings.byUser, customers);
    const { indices } = await model.topItemsForMany(customers, 5, exclude);
    indices.forEach((item, at) => {
      if (Math.floor(at / 5) % 2 === (item < 20 ? 0 : 1)) matching++;
    });
    // by chance: half
    expect(matching / indices.length).toBeGreaterThan(0.8);
    // ln 40 is knowing nothing, ln 20 knowing whose half it is, for the share of it that is hidden.
    expect(events[0].trainLoss).toBeLessThan(Math.log(40) + 0.2);
    expect(events[24].trainLoss).toBeLessThan(Math.log(20) + 0.2);
    expect(events.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));
    expect(events[0]).toMatchObject({ model: 'vae', head: 'choice', epochs: 25, validation: null });
  });

  it('gives the same bits for the same seed and others for another', async () => {
    const bytes = async (seed: number) => (await fit({}, { epochs: 2, latent, seed })).model.toBytes();
    const first = await bytes(1);
    expect(await bytes(1)).toEqual(first);
    expect(await bytes(2)).not.toEqual(first);
  });

  it('continued from a checkpoint is bit for bit the fit that was never interrupted', async () => {
    const checkpoints: Checkpoint[] = [];
    const context = { validation: planted.held };
    const whole = await fit({ ...context, onCheckpoint: (checkpoint) => checkpoints.push(checkpoint) }, { latent });
    const rest = await fit({ ...context, resumeFrom: structuredClone(checkpoints[1]) }, { latent });
    expect(checkpoints.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(rest.model.toBytes()).toEqual(whole.model.toBytes());
  });

  it('says nearly the same on the WASM device', async () => {
    const [here, there] = await Promise.all([fit({}, { latent }), fit({ device: wasm }, { latent })]);
    const users = Uint32Array.from({ length: 120 }, (_, user) => user);
    const [a, b] = await Promise.all([here.model.scoresForMany(users), there.model.scoresForMany(users)]);
    expect(Math.max(...a.map((score, at) => Math.abs(score - b[at])))).toBeLessThan(0.01);
  });

  it('learns from every customer who chose something, however large the batch', async () => {
    const { model } = await fit({}, { latent, batchCustomers: 5000, epochs: 2 });
    expect((await model.scoresForMany(Uint32Array.of(0, 1))).every(Number.isFinite)).toBe(true);
  });
});

describe('a fit of the list autoencoder', () => {
  it('stops when validation no longer gets better, and keeps the best', async () => {
    const events: EpochEvent[] = [];
    const { epochs, stoppedEarly, model } = await fit(
      { validation: planted.held, onEpoch: (event) => events.push(event) },
      { epochs: 60, patience: 2, learningRate: 0.03 },
    );
    expect(stoppedEarly).toBe(true);
    const figures = events.map(({ validation }) => validation as number);
    expect(figures.indexOf(Math.max(...figures)) + 1).toBe(epochs);
    expect(events).toHaveLength(epochs + 2);
    const recall = validationRecall(planted.ratings, planted.held);
    const found = await recall?.((users, count, exclude) => model.topItemsForMany(users, count, exclude));
    expect(found).toBeCloseTo(Math.max(...figures), 6);
  });

  it('stopped at once still leaves a model, and stopped later the epochs that were whole', async () => {
    const abort = new AbortController();
    abort.abort();
    expect((await fit({ signal: abort.signal }, { batchCustomers: 8 })).epochs).toBe(1);
    const later = new AbortController();
    const stopped = await fit(
      { signal: later.signal, onEpoch: ({ epoch }) => epoch === 2 && later.abort() },
      { batchCustomers: 8 },
    );
    expect(stopped).toMatchObject({ epochs: 2, stoppedEarly: true });
    expect(stopped.model.toBytes()).toEqual((await fit({}, { epochs: 2, batchCustomers: 8 })).model.toBytes());
  });

  it('refuses data without a choice, and settings that are none', async () => {
    const disliked = { ...planted.ratings, rule: { ...planted.ratings.rule, minRating: 9 } };
    await expect(fit({}, {}, disliked)).rejects.toMatchObject({ code: 'tooFewRatings' });
    await expect(fit({}, { dropout: 1 })).rejects.toThrow(RangeError);
    await expect(fit({}, { hidden: 0 })).rejects.toThrow(RangeError);
  });

  it.each([
    ['one customer with one choice', [0], [0], 1, 1],
    ['one product, and somebody without', [0, 1], [0, 0], 3, 1],
    ['customers of one choice each', [0, 1, 2], [1, 0, 2], 4, 5],
  ] as const)('has an answer for %s', async (_, users, items, rows, columns) => {
    const pairs = {
      users: Uint32Array.from(users),
      items: Uint32Array.from(items),
      values: new Float32Array(users.length).fill(1),
    };
    const { model } = await fit({}, { latent: 2 }, ratingsOf(pairs, rows, columns, 'implicit'));
    const all = Uint32Array.from({ length: rows }, (__, user) => user);
    expect((await model.scoresForMany(all)).every(Number.isFinite)).toBe(true);
    const { indices } = await model.topItems(0, 9, Uint32Array.of(items[0]));
    expect(indices).toHaveLength(columns - 1);
  });
});

describe('its settings', () => {
  it('have batches of a power of two customers, by how many there are and how much memory a batch takes', () => {
    const batchOf = (rows: number, columns: number, preset: 'quick' | 'best' = 'quick') =>
      vae.defaults(preset, { ...ratings, byUser: { ...ratings.byUser, rows, columns } }).batchCustomers;
    expect([batchOf(0, 0), batchOf(943, 1682), batchOf(6040, 3706), batchOf(200_000, 3706)]).toEqual([
      32, 32, 256, 512,
    ]);
    // 20,000 products of the widest preset, 4 bytes each, in 16 MB
    expect(batchOf(200_000, 90_000, 'best')).toBe(128);
  });
});

describe('how long it would take', () => {
  it('is told by a part of the customers with everything they did', async () => {
    const many = randomChoices(1300, 8, 2);
    const part = vae.sample?.(many) as Ratings;
    const lengths = (data: Ratings) =>
      Array.from({ length: 1300 }, (_, user) => data.byUser.pointers[user + 1] - data.byUser.pointers[user]);
    const [whole, some] = [lengths(many), lengths(part)];
    expect(some.every((length, user) => length === 0 || length === whole[user])).toBe(true);
    const there = some.filter((length) => length > 0).length;
    expect(there).toBeGreaterThan(480);
    expect(there).toBeLessThanOrEqual(512);
    expect(part.byItem.indices).toHaveLength(part.byUser.indices.length);
    expect(vae.sample?.(planted.ratings)).toBe(planted.ratings);
  });
});

describe.skipIf(!hasFixedSplit('ml-100k'))('on MovieLens 100K (data beside the repository)', () => {
  it('has more hits among ten with the quick preset than bestsellers have by half', async () => {
    const all = ratingsFromPairs(readPairs('ml-100k', 'train'), 943, 1682);
    const choices = groupChoices(readPairs('ml-100k', 'test'), 3);
    const { model } = await vae.fit(all, vae.defaults('quick', all), { device: wasm });
    const exclude = historiesOf(all.byUser, choices.users);
    const recallOf = (lists: Uint32Array) =>
      choices.users.reduce((sum, _, q) => {
        const hits = hitPlaces(lists.subarray(q * 10, q * 10 + 10), choices, q).length;
        return sum + hits / (choices.pointers[q + 1] - choices.pointers[q]) / choices.users.length;
      }, 0);
    const { indices } = await model.topItemsForMany(choices.users, 10, exclude);
    const popular = byPopularityLists(all, choices.users, exclude);
    expect(recallOf(indices)).toBeGreaterThan(1.5 * recallOf(popular));
  }, 240_000);
});

/** The ten most popular of what each customer does not have. */
function byPopularityLists(all: Ratings, users: Uint32Array, exclude: ReturnType<typeof historiesOf>): Uint32Array {
  const counts = new Map<number, number>();
  all.byUser.indices.forEach((item, e) => {
    if (all.byUser.values[e] >= 3) counts.set(item, (counts.get(item) ?? 0) + 1);
  });
  const best = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  return Uint32Array.from(
    [...users.keys()].flatMap((q) => {
      const has = new Set(exclude.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1]));
      return best.filter((item) => !has.has(item)).slice(0, 10);
    }),
  );
}
