import { expect, it } from 'vitest';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Exclusions } from './exclusions.ts';
import { validationRecall } from './held-out.ts';

const choicesOf = (users: number[], items: number[]) => ({
  users: Uint32Array.from(users),
  items: Uint32Array.from(items),
  values: new Float32Array(users.length).fill(1),
});

it('validation looks for held-out things among what nobody has: what was learned from, or all they have', async () => {
  const ratings = ratingsOf(choicesOf([0, 1], [0, 1]), 2, 6, 'implicit');
  const held = choicesOf([0, 1], [5, 5]);
  const asked: Exclusions[] = [];
  const lists = async (users: Uint32Array, count: number, exclude: Exclusions) => {
    asked.push(exclude);
    return { indices: new Uint32Array(users.length * count).fill(5) };
  };
  await validationRecall(ratings, held)?.(lists);
  expect([...asked[0].indices]).toEqual([0, 1]);
  const { byUser: had } = ratingsOf(choicesOf([0, 0, 1, 1], [0, 3, 1, 4]), 2, 6, 'implicit');
  await validationRecall(ratings, { ...held, had })?.(lists);
  expect([...asked[1].pointers]).toEqual([0, 2, 4]);
  expect([...asked[1].indices]).toEqual([0, 3, 1, 4]);
  await validationRecall(ratings, { ...held, had, barred: Uint32Array.of(2, 3) })?.(lists);
  expect([...asked[2].pointers]).toEqual([0, 3, 7]);
  expect([...asked[2].indices]).toEqual([0, 2, 3, 1, 2, 3, 4]);
});
