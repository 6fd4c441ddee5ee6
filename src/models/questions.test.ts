import { describe, expect, it } from 'vitest';
import { createWasmDevice } from '../compute/wasm/device.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';
import { randomChoices } from './choices.testing.ts';
import { ease } from './ease.ts';
import { type Answer, historyFromAnswers, type Lister, Questions, toldOf } from './questions.ts';
import type { History } from './recommender.ts';

const device = await createWasmDevice({ threads: 1, fused: false });

/** customers × products; 0: they do not have it. */
function starsOf(table: readonly (readonly number[])[], feedback: Ratings['feedback'] = 'explicit'): Ratings {
  const entries = table.flatMap((row, user) =>
    row.flatMap((value, item) => (value > 0 ? [{ user, item, value }] : [])),
  );
  return ratingsOf(
    {
      users: Uint32Array.from(entries, ({ user }) => user),
      items: Uint32Array.from(entries, ({ item }) => item),
      values: Float32Array.from(entries, ({ value }) => value),
    },
    table.length,
    table[0].length,
    feedback,
  );
}

/** Who liked one thing is shown what `next` says; everybody else the products in their order. */
const shows = (order: readonly number[], next: Readonly<Record<number, readonly number[]>>): Lister => ({
  topItemsFrom({ items }: History, count, exclude) {
    const list = (items.length > 0 ? (next[items[items.length - 1]] ?? order) : order).filter(
      (item) => !exclude.includes(item),
    );
    return { indices: Uint32Array.from(list.slice(0, count)), scores: new Float32Array(Math.min(count, list.length)) };
  },
});

describe('popularity times entropy', () => {
  it('is ln n times the entropy of the marks, worked out by hand', () => {
    // product 0: marks 5, 5, 1, 1: H = ln 2, n = 4; product 1: 4, 4: H = 0; product 2: 5, 3, 1: H = ln 3, n = 3
    const questions = new Questions(
      starsOf([
        [5, 4, 5],
        [5, 4, 3],
        [1, 0, 1],
        [1, 0, 0],
      ]),
    );
    expect(questions.entropy(0)).toBeCloseTo(Math.log(4) * Math.log(2), 12);
    expect(questions.entropy(1)).toBe(0);
    expect(questions.entropy(2)).toBeCloseTo(Math.log(3) * Math.log(3), 6);
    // 1.207 > 0.961 > 0
    const nobody = shows([0, 1, 2], {});
    expect(questions.next([], nobody, 'entropy')).toEqual({ item: 2, known: 0.75 });
    expect(questions.next([{ item: 2, reply: 'unknown' }], nobody, 'entropy')?.item).toBe(0);
  });

  it('of purchases is that of having it or not', () => {
    const questions = new Questions(
      starsOf(
        [
          [1, 1],
          [1, 1],
          [0, 1],
          [0, 1],
        ],
        'implicit',
      ),
    );
    expect(questions.entropy(0)).toBeCloseTo(Math.log(2) * Math.log(2), 12);
    // everybody has it: the answer is known beforehand
    expect(questions.entropy(1)).toBe(0);
  });
});

/** What `Questions.next` says of itself, in plain loops over the table. */
function worthByLoops(
  table: readonly (readonly number[])[],
  least: number,
  answers: readonly Answer[],
  lister: Lister,
  ratings: Ratings,
): number[] {
  const likes = (u: number, i: number) => table[u][i] >= least;
  const able = table.map((_, u) => u).filter((u) => table[u].filter((value) => value >= least).length > 1);
  const alike = (u: number) =>
    answers.reduce((share, { item, reply }) => {
      const own = likes(u, item) ? 'liked' : table[u][item] > 0 ? 'disliked' : 'unknown';
      return own === reply ? share : share / 10;
    }, 1);
  const listOf = (given: readonly Answer[], count: number) =>
    Array.from(lister.topItemsFrom(historyFromAnswers(given, ratings), count, toldOf(given)).indices);
  return table[0].map((_, item) => {
    const after = listOf([...answers, { item, reply: 'liked' }], 10);
    const before = listOf(answers, 11)
      .filter((other) => other !== item)
      .slice(0, 10);
    let worth = 0;
    for (const u of able) {
      if (!likes(u, item)) continue;
      const all = table[u].filter((value) => value >= least).length;
      const found = (list: readonly number[]) => list.filter((listed) => likes(u, listed)).length;
      worth += (alike(u) * (found(after) - found(before))) / all;
    }
    return worth;
  });
}

describe('what the lists find', () => {
  it('chooses what plain loops choose: four customers, three products', () => {
    // lists of one product say it all: the list is cut to what is left, so ten places never bind; order decides nothing
    const table = [
      [5, 0, 4],
      [4, 0, 5],
      [0, 5, 4],
      [1, 4, 5],
    ];
    const ratings = starsOf(table);
    // who likes 0 is shown only 2; who likes 1 is shown nothing new
    const lister = shows([1], { 0: [2], 1: [1], 2: [1] });
    const questions = new Questions(ratings);
    const worth = worthByLoops(table, 3, [], lister, ratings);
    // two customers like 0, with two likes each: the list [2] finds a half for both, [1] nothing
    expect(worth).toEqual([1, 0, 0]);
    expect(questions.next([], lister)?.item).toBe(0);
  });

  it('chooses what plain loops choose, at every turn of a talk', async () => {
    const ratings = randomChoices(60, 30, 4);
    const table = Array.from({ length: 60 }, (_, u) => {
      const row = new Array<number>(30).fill(0);
      for (let e = ratings.byUser.pointers[u]; e < ratings.byUser.pointers[u + 1]; e++) {
        row[ratings.byUser.indices[e]] = ratings.byUser.values[e];
      }
      return row;
    });
    const { model } = await ease.fit(ratings, ease.defaults('quick', ratings), { device });
    const questions = new Questions(ratings);
    const replies = ['liked', 'unknown', 'disliked', 'liked'] as const;
    let answers: readonly Answer[] = [];
    for (const reply of replies) {
      const worth = worthByLoops(table, 3, answers, model, ratings);
      const question = questions.next(answers, model);
      if (!question) throw new TypeError('a question');
      expect(answers.map(({ item }) => item)).not.toContain(question.item);
      const left = worth.map((value, item) =>
        answers.some((one) => one.item === item) || !table.some((row) => row[item] >= 3)
          ? Number.NEGATIVE_INFINITY
          : value,
      );
      expect(left[question.item]).toBeCloseTo(Math.max(...left), 9);
      expect(question.known).toBeCloseTo(table.filter((row) => row[question.item] > 0).length / 60, 12);
      answers = [...answers, { item: question.item, reply }];
    }
    model.destroy();
  });

  it('asks the same after the same answers, another thing after others, and each thing once until none is left', async () => {
    const ratings = randomChoices(80, 12, 9);
    const { model } = await ease.fit(ratings, ease.defaults('quick', ratings), { device });
    const talk = (reply: Answer['reply']) => {
      const questions = new Questions(ratings);
      const answers: Answer[] = [];
      for (;;) {
        const question = questions.next(answers, model);
        if (!question) return answers.map(({ item }) => item);
        answers.push({ item: question.item, reply });
      }
    };
    const liked = talk('liked');
    expect(talk('liked')).toEqual(liked);
    // nobody likes the last one: it is never asked about
    expect([...liked].sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, item) => item));
    expect(talk('disliked')).not.toEqual(liked);
    model.destroy();
  });

  it('has nothing to ask where nobody chose anything, and something where everybody chose one thing', () => {
    const none = shows([0], {});
    expect(
      new Questions(
        starsOf([
          [1, 2],
          [2, 1],
        ]),
      ).next([], none),
    ).toBeNull();
    expect(
      new Questions(
        starsOf([
          [5, 0],
          [0, 5],
          [0, 4],
        ]),
      ).next([], none)?.item,
    ).toBe(1);
  });
});

describe('answers', () => {
  it('become the history of a customer: what is liked weighs as the best mark does, and only what is known is told', () => {
    const ratings = starsOf([[1, 5]]);
    const answers: Answer[] = [
      { item: 7, reply: 'liked' },
      { item: 3, reply: 'disliked' },
      { item: 5, reply: 'unknown' },
      { item: 1, reply: 'liked' },
    ];
    const { items, values } = historyFromAnswers(answers, ratings);
    expect([[...items], [...values]]).toEqual([
      [1, 7],
      [2, 2],
    ]);
    expect([...toldOf(answers)]).toEqual([1, 3, 7]);
    expect([...historyFromAnswers(answers, { ...ratings, scale: null }).values]).toEqual([1, 1]);
  });
});
