/** Any recommender, certain products kept from everything it lists. */
import { NOT_FOUND, type TopKResult } from '../compute/device.ts';
import type { Exclusions } from './exclusions.ts';
import { blocksOf, joined, union } from './exclusions.ts';
import type {
  ChoiceModel,
  FoldableChoice,
  History,
  HistoryChoice,
  LeavesOut,
  OrderedChoice,
  PersonalChoice,
  ScoredList,
  UserVector,
} from './recommender.ts';

/** Rows to exclude held at once for lists of many customers, 8 MB. */
const ROWS_AT_ONCE = 2_000_000;

const NOTHING: ScoredList = { indices: new Uint32Array(), scores: new Float32Array() };

type Answers = Partial<
  HistoryChoice & FoldableChoice & LeavesOut & Pick<OrderedChoice, 'inOrderOf'> & Pick<PersonalChoice, 'inPersonOf'>
>;

/**
 * `model`, which never lists these products (rows, ascending) whoever asks: they are excluded from every list, and score
 * −Infinity where it tells scores. Everything else, reasons and bytes among it, is the model's own, and what it could not
 * answer before it cannot answer now. Destroying it destroys the model; without products to bar it is the model itself.
 */
export function barring<M extends object>(model: M, barred: Uint32Array): M {
  if (barred.length === 0) return model;
  const answers: object = barredAnswers(model as Answers, barred);
  return new Proxy(model, {
    get(target, name) {
      if (name in target && Object.hasOwn(answers, name)) return Reflect.get(answers, name);
      // The model's own fields are private to it: its methods run on itself.
      const own = Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

/** Every way of asking a model for products. Only those that the model has are ever called. */
function barredAnswers(model: Answers, barred: Uint32Array) {
  const own = model as Required<Answers>;
  /** `width` scores a row, those of the barred ones made −Infinity. */
  const silenced = (scores: Float32Array, width: number): Float32Array => {
    for (let from = 0; from < scores.length; from += width) {
      for (const item of barred) scores[from + item] = Number.NEGATIVE_INFINITY;
    }
    return scores;
  };
  return {
    topItems: (user: number, count: number, exclude: Uint32Array) => own.topItems(user, count, union(exclude, barred)),
    topItemsForMany: (users: Uint32Array, count: number, exclude: Exclusions) =>
      listsForMany(own, barred, users, count, exclude),
    topItemsFrom: (history: History, count: number, exclude: Uint32Array) =>
      own.topItemsFrom(history, count, union(exclude, barred)),
    topItemsFor: (who: UserVector, count: number, exclude: Uint32Array) =>
      own.topItemsFor(who, count, union(exclude, barred)),
    topUsers: async (item: number, count: number, exclude: Uint32Array, signal?: AbortSignal) =>
      barred.includes(item) ? NOTHING : own.topUsers(item, count, exclude, signal),
    similarItems: (item: number, count: number) =>
      firstOf(own.similarItems(item, count + barred.length), count, barred),
    scoresFrom: (history: History) => {
      const scores = own.scoresFrom(history);
      return silenced(scores, scores.length);
    },
    scoresForMany: async (users: Uint32Array) => {
      const scores = await own.scoresForMany(users);
      return silenced(scores, Math.max(1, scores.length / Math.max(1, users.length)));
    },
    scoreFor: (who: UserVector, items: Uint32Array) => silencedAt(own.scoreFor(who, items), items, barred),
    scoresWithout: (history: History, without: Uint32Array, items: Uint32Array) =>
      silencedAt(own.scoresWithout(history, without, items), items, barred),
    inOrderOf: (user: number) => barring(own.inOrderOf(user), barred),
    inPersonOf: (user: number, history: History) => barring(own.inPersonOf(user, history), barred),
  };
}

/** Customers in blocks: each of them excludes what is barred once more. */
async function listsForMany(
  model: Pick<ChoiceModel, 'topItemsForMany'>,
  barred: Uint32Array,
  users: Uint32Array,
  count: number,
  exclude: Exclusions,
): Promise<TopKResult> {
  const indices = new Uint32Array(users.length * count).fill(NOT_FOUND);
  const scores = new Float32Array(users.length * count).fill(Number.NEGATIVE_INFINITY);
  for (const [from, block] of blocksOf(users, Math.max(1, Math.floor(ROWS_AT_ONCE / barred.length)))) {
    const rows = Array.from(block, (_, q) =>
      union(exclude.indices.subarray(exclude.pointers[from + q], exclude.pointers[from + q + 1]), barred),
    );
    const lists = await model.topItemsForMany(block, count, joined(rows));
    indices.set(lists.indices, from * count);
    scores.set(lists.scores, from * count);
  }
  return { indices, scores };
}

function firstOf({ indices, scores }: ScoredList, count: number, barred: Uint32Array): ScoredList {
  const without = new Set(barred);
  const kept = Uint32Array.from(indices.keys())
    .filter((at) => !without.has(indices[at]))
    .subarray(0, count);
  return { indices: kept.map((at) => indices[at]), scores: Float32Array.from(kept, (at) => scores[at]) };
}

/** rows × items.length scores of these items, those of the barred ones made −Infinity. */
function silencedAt(scores: Float32Array, items: Uint32Array, barred: Uint32Array): Float32Array {
  const without = new Set(barred);
  for (let at = 0; at < scores.length; at++) {
    if (without.has(items[at % items.length])) scores[at] = Number.NEGATIVE_INFINITY;
  }
  return scores;
}
