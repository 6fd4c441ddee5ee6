/**
 * What NeuMF makes of customers it was not trained on, and how long it takes to say why. Fifteen in a hundred customers
 * are left out of training whole; from half of what each of them chose, and from three things, lists are made that the
 * rest is looked for in. In Node, the networks on tfjs' single-threaded WASM backend.
 *
 *   npx tsx bench/neumf-customers.ts [ml-100k|ml-1m] [quick|balanced|best] [epochs]
 */
import { createRandom } from '../src/base/random.ts';
import { createReferenceDevice } from '../src/compute/reference/device.ts';
import { hostOf } from '../src/compute/tfjs/hosts.testing.ts';
import { splitByMask } from '../src/data/split.ts';
import { chosenPairs, rowOf } from '../src/models/chosen-pairs.ts';
import {
  hasFixedSplit,
  joinPairs,
  ratingsFromPairs,
  readPairs,
  type SplitName,
} from '../src/models/fixed-split.testing.ts';
import { type HeldOutChoices, hitPlaces } from '../src/models/held-out.ts';
import { mfChoice } from '../src/models/mf-choice.ts';
import { neumfChoice } from '../src/models/neumf-choice.ts';
import { popularity } from '../src/models/popularity.ts';
import { PRESETS, type Preset, type ScoredList } from '../src/models/recommender.ts';
import { median } from './median.ts';

const LIST = 10;
const LEFT_OUT = 0.15;
const MOST_CUSTOMERS = 600;
/** With fewer choices there is nothing to be found from half of them. */
const FEWEST = 8;
/** As many as are left out in turn for reasons. */
const THINGS = 150;

const words = process.argv.slice(2);
const set = (words.find((word) => word.startsWith('ml-')) ?? 'ml-100k') as SplitName;
const preset = words.find((word): word is Preset => PRESETS.includes(word as Preset)) ?? 'quick';
const epochs = Number(words.find((word) => /^\d+$/.test(word)) ?? 0);

const weighing = (items: Uint32Array) => ({ items, values: new Float32Array(items.length).fill(1) });

async function measure(): Promise<void> {
  const all = ratingsFromPairs(joinPairs(readPairs(set, 'train'), readPairs(set, 'test')));
  const chosen = chosenPairs(all);
  const { rows, pointers } = all.byUser;
  const random = createRandom(77);
  const out = random
    .shuffle(Uint32Array.from({ length: rows }, (_, user) => user))
    .slice(0, Math.round(LEFT_OUT * rows));
  const mask = new Uint8Array(all.byUser.indices.length);
  for (const user of out) mask.fill(1, pointers[user], pointers[user + 1]);
  const { train } = splitByMask(all, mask);
  const defaults = neumfChoice.defaults(preset, train);
  const options = epochs > 0 ? { ...defaults, epochs } : defaults;
  const fitted = await neumfChoice.fit(train, options, { device: hostOf('wasm') });
  const device = createReferenceDevice();
  const factors = (await mfChoice.fit(train, mfChoice.defaults(preset, train), { device })).model;
  const popular = (await popularity.fit(train, popularity.defaults(preset, train), { device })).model;
  const { model } = fitted;
  console.log(`${set} ${preset}, ${fitted.epochs} epochs in ${(fitted.fitMs / 1000).toFixed(0)} s`);

  const asked = out.filter((user) => rowOf(chosen, user).length >= FEWEST).slice(0, MOST_CUSTOMERS);
  const listers: Record<string, (known: Uint32Array) => ScoredList | Promise<ScoredList>> = {
    bestsellers: (known) => popular.topItems(0, LIST, known),
    NeuMF: (known) => model.topItemsFrom(weighing(known), LIST, known),
    factorization: (known) => factors.topItemsFrom(weighing(known), LIST, known),
  };
  for (const [what, cut] of [
    ['half', (n: number) => Math.floor(n / 2)],
    ['three things', () => 3],
  ] as const) {
    for (const [name, lister] of Object.entries(listers)) {
      let [recall, ndcg] = [0, 0];
      const taken: number[] = [];
      for (const user of asked) {
        const mixed = createRandom(user + 5).shuffle(rowOf(chosen, user).slice());
        const count = cut(mixed.length);
        const hidden = mixed.slice(count).sort();
        const start = performance.now();
        const { indices } = await lister(mixed.slice(0, count).sort());
        taken.push(performance.now() - start);
        const one: HeldOutChoices = {
          users: Uint32Array.of(user),
          pointers: Uint32Array.of(0, hidden.length),
          items: hidden,
        };
        const places = hitPlaces(indices, one, 0);
        const gain = (sum: number, place: number) => sum + 1 / Math.log2(place + 2);
        recall += places.length / hidden.length;
        ndcg +=
          places.reduce(gain, 0) /
          Array.from({ length: Math.min(LIST, hidden.length) }).reduce<number>((sum, _, place) => gain(sum, place), 0);
      }
      const mean = (sum: number) => (sum / asked.length).toFixed(3);
      console.log(
        `  from ${what}, ${name}: recall@10 ${mean(recall)}, NDCG@10 ${mean(ndcg)}, ${median(taken).toFixed(1)} ms`,
      );
    }
  }

  const times: Record<string, number[]> = {};
  const timed = <Answer>(name: string, ask: () => Answer): Answer => {
    const start = performance.now();
    const answer = ask();
    const own = times[name] ?? [];
    times[name] = own;
    own.push(performance.now() - start);
    return answer;
  };
  const isOut = new Set(out);
  const busy = Uint32Array.from({ length: rows }, (_, user) => user).filter(
    (user) => !isOut.has(user) && rowOf(chosen, user).length >= THINGS,
  );
  for (const user of busy.slice(0, 60)) {
    const history = weighing(rowOf(chosen, user));
    const person = model.inPersonOf(user, history);
    const { indices } = timed('a list', () => person.topItemsFrom(history, LIST, history.items));
    timed(`reasons, ${THINGS} things`, () => person.scoresWithout(history, history.items.slice(0, THINGS), indices));
    const changed = weighing(Uint32Array.from([...history.items, indices[0]]).sort());
    timed('a what-if', () => person.topItemsFrom(changed, LIST, changed.items));
  }
  for (const [name, own] of Object.entries(times)) console.log(`  ${name}: ${median(own).toFixed(1)} ms`);
}

if (!hasFixedSplit(set)) console.log(`no data: ${set} (set TASTEMAKER_DATA)`);
else await measure();
