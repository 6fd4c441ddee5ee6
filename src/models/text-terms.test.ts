import { expect, test } from 'vitest';
import { isWorded, wordsOf } from './text-terms.ts';

test.each([
  ['The Hunger Games (The Hunger Games, #1)', ['the', 'hunger', 'games', 'the', 'hunger', 'games', '1']],
  ['J.K. Rowling', ['j', 'k', 'rowling']],
  // Full width letters are letters; marks belong to their letters, written as one character or as two.
  ['ＲＥＤ １２', ['red', '12']],
  ['Cafe\u0301 na\u00efve', ['caf\u00e9', 'na\u00efve']],
  // Two characters side by side, where there are no spaces; what is not of that script stands by itself.
  ['红色保温杯', ['红色', '色保', '保温', '温杯']],
  ['iPhone手机壳500ml', ['iphone', '手机', '机壳', '500ml']],
  ['茶 壶', ['茶', '壶']],
  ['ジョジョの', ['ジョ', 'ョジ', 'ジョ', 'ョの']],
  // A character beyond the first 65,536 is one.
  ['𠮷野家', ['𠮷野', '野家']],
  // Korean and Hindi have spaces.
  ['한국어 책', ['한국어', '책']],
  ['हिन्दी किताब', ['हिन्दी', 'किताब']],
  ['', []],
  [' – … !', []],
])('%s', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test('an id is words where a space stands between them, or where none is needed', () => {
  expect(['Red mug', '红茶', 'Café à la carte'].map(isWorded)).toEqual([true, true, true]);
  expect(['SKU-1001', '85123A', '17850.0', '12 34', 'mug', ''].map(isWorded)).toEqual(new Array(6).fill(false));
});
