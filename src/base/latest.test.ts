import { expect, test } from 'vitest';
import { keepLatest } from './latest.ts';

test('the latest answer is given again, an earlier one is worked out anew', () => {
  const asked: string[] = [];
  const first = { name: 'first' };
  const second = { name: 'second' };
  const shout = keepLatest(({ name }: { name: string }) => {
    asked.push(name);
    return name.toUpperCase();
  });
  expect([shout(first), shout(first), shout(second), shout(first), shout({ name: 'first' })]).toEqual([
    'FIRST',
    'FIRST',
    'SECOND',
    'FIRST',
    'FIRST',
  ]);
  expect(asked).toEqual(['first', 'second', 'first', 'first']);
});

test('a failure is not kept', () => {
  let fails = true;
  const key = {};
  const ask = keepLatest(() => {
    if (fails) throw new RangeError('no');
    return 1;
  });
  expect(() => ask(key)).toThrow(RangeError);
  fails = false;
  expect(ask(key)).toBe(1);
});
