/**
 * What NeuMF reaches, in Node on tfjs' single-threaded WASM backend. A tenth of the training part
 * chooses the epochs, the model is then fitted on the whole training part, and the test part is
 * scored once.
 *
 *   npx tsx bench/neumf-accuracy.ts [ml-100k|ml-1m] [taste|choice] ['{"option": value, …}'] [--tune]
 *
 * `--tune` stops at the validation figures: settings are chosen by those alone.
 */
import { createRandom } from '../src/base/random.ts';
import { csrFromPairs, type Pairs, transpose } from '../src/base/sparse.ts';
import { hostOf } from '../src/compute/tfjs/hosts.testing.ts';
import type { Ratings } from '../src/data/ratings.ts';
import {
  hasFixedSplit,
  joinPairs,
  ratingsFromPairs,
  readPairs,
  type SplitName,
} from '../src/models/fixed-split.testing.ts';
import {
  groupChoices,
  type HeldOutChoices,
  historiesOf,
  hitPlaces,
  leastRelevant,
  validationRecall,
} from '../src/models/held-out.ts';
import { neumfChoice } from '../src/models/neumf-choice.ts';
import type { NeuMfOptions } from '../src/models/neumf-options.ts';
import { neumfTaste } from '../src/models/neumf-taste.ts';
import type { EpochEvent } from '../src/models/recommender.ts';

const LIST = 10;

const words = process.argv.slice(2).filter((word) => word !== '--tune');
const tuneOnly = process.argv.includes('--tune');
const set = (words.find((word) => word.startsWith('ml-')) ?? 'ml-100k') as SplitName;
const head = words.includes('choice') ? 'choice' : 'taste';
const changes = JSON.parse(words.find((word) => word.startsWith('{')) ?? '{}') as Partial<NeuMfOptions>;
const device = hostOf('wasm');

/** Pairs for which `keep` says which part (0, 1, 2 …) they belong to. */
function parts(pairs: Pairs, count: number, part: (at: number) => number): Pairs[] {
  const rows = Array.from({ length: count }, () => [] as number[]);
  for (let at = 0; at < pairs.users.length; at++) rows[part(at)].push(at);
  return rows.map((own) => ({
    users: Uint32Array.from(own, (at) => pairs.users[at]),
    items: Uint32Array.from(own, (at) => pairs.items[at]),
    values: Float32Array.from(own, (at) => pairs.values[at]),
  }));
}

function withPairs(ratings: Ratings, pairs: Pairs): Ratings {
  const byUser = csrFromPairs(pairs, ratings.byUser.rows, ratings.byUser.columns);
  return { ...ratings, byUser, byItem: transpose(byUser) };
}

const cpuSeconds = () => process.cpuUsage().user / 1e6;
let cpu = cpuSeconds();
function show(event: EpochEvent): void {
  const now = cpuSeconds();
  const validation = event.validation === null ? '' : ` validation ${event.validation.toFixed(4)}`;
  const times = `${event.seconds.toFixed(2)} s (cpu with evaluation ${(now - cpu).toFixed(2)} s)`;
  console.log(`  epoch ${event.epoch}: train ${event.trainLoss.toFixed(4)}${validation}  ${times}`);
  cpu = cpuSeconds();
}

async function taste(): Promise<void> {
  const train = readPairs(set, 'train');
  const test = readPairs(set, 'test');
  const all = ratingsFromPairs(train, ...sizes(test));
  const random = createRandom(99);
  const [learn, validation] = parts(train, 2, () => (random.next() < 0.1 ? 1 : 0));
  const options = { ...neumfTaste.defaults('balanced', all), ...changes };
  console.log(set, head, JSON.stringify(options));
  const chosen = await neumfTaste.fit(withPairs(all, learn), options, { device, validation, onEpoch: show });
  console.log(`  chosen: ${chosen.epochs} epochs, ${(chosen.fitMs / 1000).toFixed(1)} s`);
  if (tuneOnly) return;
  const { model, fitMs } = await neumfTaste.fit(all, { ...options, epochs: chosen.epochs }, { device });
  const predicted = await model.predict(test.users, test.items);
  let squares = 0;
  let absolute = 0;
  for (let p = 0; p < predicted.length; p++) {
    squares += (predicted[p] - test.values[p]) ** 2;
    absolute += Math.abs(predicted[p] - test.values[p]);
  }
  const rmse = Math.sqrt(squares / predicted.length);
  console.log(
    `  test RMSE ${rmse.toFixed(4)}, MAE ${(absolute / predicted.length).toFixed(4)}, fitted on everything in ${(fitMs / 1000).toFixed(1)} s`,
  );
}

async function choice(): Promise<void> {
  const everything = joinPairs(readPairs(set, 'train'), readPairs(set, 'test'));
  const all = ratingsFromPairs(everything);
  const least = leastRelevant(all);
  const [positives] = parts(everything, 2, (at) => (everything.values[at] >= least ? 0 : 1));
  // 8:1:1 of every customer's choices
  const random = createRandom(99);
  const byUser = csrFromPairs(positives, all.byUser.rows, all.byUser.columns);
  const ordered: Pairs = {
    users: Uint32Array.from({ length: byUser.indices.length }),
    items: byUser.indices,
    values: byUser.values,
  };
  const labels = new Uint8Array(byUser.indices.length);
  for (let user = 0; user < byUser.rows; user++) {
    const [start, end] = [byUser.pointers[user], byUser.pointers[user + 1]];
    ordered.users.fill(user, start, end);
    const order = random.shuffle(Array.from({ length: end - start }, (_, at) => at));
    const held = Math.floor((end - start) / 10);
    order.forEach((at, place) => {
      labels[start + at] = place < held ? 1 : place < 2 * held ? 2 : 0;
    });
  }
  const [learn, validation, test] = parts(ordered, 3, (at) => labels[at]);
  const options = { ...neumfChoice.defaults('balanced', all), ...changes };
  console.log(set, head, JSON.stringify(options));
  const chosen = await neumfChoice.fit(withPairs(all, learn), options, { device, validation, onEpoch: show });
  const popularity = await validationRecall(withPairs(all, learn), validation)!(popular(withPairs(all, learn)));
  console.log(
    `  chosen: ${chosen.epochs} epochs, ${(chosen.fitMs / 1000).toFixed(1)} s; popularity on validation ${popularity.toFixed(4)}`,
  );
  if (tuneOnly) return;
  const known = withPairs(all, joinPairs(learn, validation));
  const { model, fitMs } = await neumfChoice.fit(known, { ...options, epochs: chosen.epochs }, { device });
  const held = groupChoices(test, least);
  const report = (name: string, { recall, ndcg }: { recall: number; ndcg: number }) =>
    console.log(`  ${name}: test recall@10 ${recall.toFixed(4)}, NDCG@10 ${ndcg.toFixed(4)}`);
  report(
    `NeuMF (${(fitMs / 1000).toFixed(1)} s)`,
    ranking((await model.topItemsForMany(held.users, LIST, historiesOf(known.byUser, held.users))).indices, held),
  );
  const lists = await popular(known)(held.users, LIST, historiesOf(known.byUser, held.users));
  report('popularity', ranking(lists.indices, held));
}

/** Recall and NDCG of m × 10 lists, averaged over customers. */
function ranking(lists: Uint32Array, held: HeldOutChoices): { recall: number; ndcg: number } {
  let recall = 0;
  let ndcg = 0;
  held.users.forEach((_, row) => {
    const relevant = held.pointers[row + 1] - held.pointers[row];
    const places = hitPlaces(lists.subarray(row * LIST, (row + 1) * LIST), held, row);
    const gain = (place: number) => 1 / Math.log2(place + 2);
    let ideal = 0;
    for (let place = 0; place < Math.min(LIST, relevant); place++) ideal += gain(place);
    recall += places.length / relevant;
    ndcg += places.reduce((sum, place) => sum + gain(place), 0) / ideal;
  });
  return { recall: recall / held.users.length, ndcg: ndcg / held.users.length };
}

/** Lists of what most have chosen. */
function popular(ratings: Ratings) {
  const counts = Array.from({ length: ratings.byItem.rows }, (_, item) => ({
    item,
    count: ratings.byItem.pointers[item + 1] - ratings.byItem.pointers[item],
  }));
  counts.sort((a, b) => b.count - a.count || a.item - b.item);
  return async (users: Uint32Array, count: number, exclude: { pointers: Uint32Array; indices: Uint32Array }) => {
    const indices = new Uint32Array(users.length * count);
    users.forEach((_, row) => {
      const own = new Set(exclude.indices.subarray(exclude.pointers[row], exclude.pointers[row + 1]));
      const best = counts.filter(({ item }) => !own.has(item)).slice(0, count);
      best.forEach(({ item }, place) => {
        indices[row * count + place] = item;
      });
    });
    return { indices };
  };
}

function sizes(pairs: Pairs): [number, number] {
  const most = (rows: Uint32Array) => rows.reduce((highest, row) => Math.max(highest, row + 1), 0);
  return [most(pairs.users), most(pairs.items)];
}

if (!hasFixedSplit(set)) {
  console.log(`no data: ${set} (set TASTEMAKER_DATA)`);
} else {
  await (head === 'taste' ? taste() : choice());
}
