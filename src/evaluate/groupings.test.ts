import { describe, expect, test } from 'vitest';
import type { Attribute, MultiDictionary } from '../data/interactions.ts';
import { NO_CODE } from '../data/interactions.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import { groupCategories, groupCustomers, NO_GROUP } from './groupings.ts';

/** Customers with these values in their order; null for none. */
function attributeOf(values: readonly (string | null)[]): Attribute {
  const names = [...new Set(values.filter((value) => value !== null))];
  return {
    name: 'about',
    values: { names, codes: Uint32Array.from(values, (value) => (value === null ? NO_CODE : names.indexOf(value))) },
  };
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const everybody = (count: number) => Uint32Array.from({ length: count }, (_, user) => user);

describe('customers by an attribute', () => {
  test('values with 20 tested customers stand alone, the others together; unknown ones are counted', () => {
    const values = [...times(30, 'north'), ...times(40, 'south'), ...times(12, 'east'), ...times(9, 'west'), null, ' '];
    const grouping = groupCustomers(attributeOf(values), everybody(values.length));
    expect(grouping).toMatchObject({
      attribute: 'about',
      keys: [
        { value: 'south', range: null, pooled: 0 },
        { value: 'north', range: null, pooled: 0 },
        { value: null, range: null, pooled: 2 },
      ],
      unknown: 2,
      tooFew: 0,
    });
    const wanted = [...times(30, 1), ...times(40, 0), ...times(21, 2), NO_GROUP, NO_GROUP];
    expect('of' in grouping && Array.from(grouping.of)).toEqual(wanted);
  });

  test('only tested customers count; what is too few together is left out; customers beyond the table are unknown', () => {
    const values = [...times(50, 'a'), ...times(50, 'b'), ...times(50, 'c'), ...times(5, 'd')];
    const users = Uint32Array.from([...everybody(155)].filter((user) => user < 130 || user >= 145));
    const grouping = groupCustomers(attributeOf(values), Uint32Array.from([...users, 155, 156]));
    // of c 35 are tested; 5 of d alone are too few
    expect(grouping).toMatchObject({ keys: [{ value: 'a' }, { value: 'b' }, { value: 'c' }], unknown: 2, tooFew: 5 });
  });

  test('twelve groups at most, the largest', () => {
    const values = Array.from({ length: 15 }, (_, v) => times(20 + v, `v${v}`)).flat();
    const grouping = groupCustomers(attributeOf(values), everybody(values.length));
    const names = 'keys' in grouping ? grouping.keys.map(({ value, pooled }) => value ?? pooled) : [];
    expect(names).toEqual([...Array.from({ length: 12 }, (_, at) => `v${14 - at}`), 3]);
  });

  test('many numbers become ranges of about as many customers, equal numbers in one', () => {
    const ages = Array.from({ length: 100 }, (_, user) => `${18 + (user % 40)}`);
    const grouping = groupCustomers(attributeOf(ages), everybody(100));
    if (!('of' in grouping)) throw new Error(grouping.why);
    // ages 18–37 come three times, 38–57 twice; a quarter is 25
    expect(grouping.keys).toEqual([
      { value: null, range: { from: 18, to: 26 }, pooled: 0 },
      { value: null, range: { from: 27, to: 35 }, pooled: 0 },
      { value: null, range: { from: 36, to: 47 }, pooled: 0 },
      { value: null, range: { from: 48, to: 57 }, pooled: 0 },
    ]);
    ages.forEach((age, user) => {
      const { range } = grouping.keys[grouping.of[user]];
      expect(Number(age)).toBeGreaterThanOrEqual(range?.from ?? Number.NaN);
      expect(Number(age)).toBeLessThanOrEqual(range?.to ?? Number.NaN);
    });
    const few = groupCustomers(attributeOf(ages.slice(0, 45)), everybody(45));
    expect('keys' in few && few.keys).toHaveLength(2);
    expect(groupCustomers(attributeOf(ages.slice(0, 39)), everybody(39))).toMatchObject({ why: 'tooFew' });
    // 12 numbers or fewer stay what they are
    const stars = Array.from({ length: 100 }, (_, user) => `${1 + (user % 4)}`);
    const kept = groupCustomers(attributeOf(stars), everybody(100));
    expect('keys' in kept && kept.keys.map(({ value }) => value)).toEqual(['1', '2', '3', '4']);
  });

  test('one value for all, ids, and nothing at all say why they are left out', () => {
    expect(groupCustomers(attributeOf(times(90, 'all')), everybody(90))).toEqual({
      attribute: 'about',
      why: 'oneValue',
    });
    const ids = Array.from({ length: 90 }, (_, user) => `n${user}`);
    expect(groupCustomers(attributeOf(ids), everybody(90))).toEqual({ attribute: 'about', why: 'tooFew' });
    expect(groupCustomers(attributeOf(times(90, null)), everybody(90))).toEqual({ attribute: 'about', why: 'tooFew' });
    const alone = [...times(60, 'a'), ...ids.slice(0, 30)];
    expect(groupCustomers(attributeOf(alone), everybody(90))).toEqual({ attribute: 'about', why: 'tooFew' });
  });
});

describe('held-out choices by category', () => {
  const categoriesOf = (rows: readonly (readonly string[])[]): MultiDictionary => {
    const names = [...new Set(rows.flat())];
    return {
      names,
      pointers: Uint32Array.from([0, ...rows.map((_, row) => rows.slice(0, row + 1).flat().length)]),
      codes: Uint32Array.from(rows.flat(), (name) => names.indexOf(name)),
    };
  };
  const heldOf = (rows: readonly (readonly number[])[]): HeldOutChoices => ({
    users: everybody(rows.length),
    pointers: Uint32Array.from([0, ...rows.map((_, row) => rows.slice(0, row + 1).flat().length)]),
    items: Uint32Array.from(rows.flat()),
  });

  test('a product counts in each of its categories; rare ones go together; some have none', () => {
    // 0 comedy, 1 comedy and drama, 2 noir, 3 western and comedy, 4 western, 5 none
    const categories = categoriesOf([
      ['comedy'],
      ['comedy', 'drama'],
      ['noir'],
      ['western', 'comedy'],
      ['western'],
      [],
    ]);
    const held = heldOf([...times(25, [0, 1]), ...times(12, [2, 5]), ...times(8, [4, 5, 6]), ...times(3, [3])]);
    expect(groupCategories(categories, held)).toEqual({
      keys: [
        { value: 'comedy', range: null, pooled: 0 },
        { value: 'drama', range: null, pooled: 0 },
        { value: null, range: null, pooled: 2 },
      ],
      // 2 and 4 are in nothing that is listed, 3 is a comedy; product 6 is not in the table
      of: [[0], [0, 1], [2], [0], [2], []],
      unknown: 12 + 8 + 8,
      tooFew: 0,
    });
    const few = groupCategories(categories, heldOf([...times(25, [0, 1]), ...times(12, [2, 5])]));
    expect(few).toMatchObject({ keys: [{ value: 'comedy' }, { value: 'drama' }], unknown: 12, tooFew: 12 });
    expect('of' in few && few.of[2]).toEqual([]);
  });

  test('one category, none, and none that is large enough', () => {
    const one = categoriesOf([['comedy'], ['comedy'], []]);
    expect(groupCategories(one, heldOf(times(50, [0, 1, 2])))).toEqual({ attribute: null, why: 'oneValue' });
    expect(groupCategories(categoriesOf([[], []]), heldOf(times(50, [0, 1])))).toEqual({
      attribute: null,
      why: 'tooFew',
    });
    const rare = categoriesOf([['comedy'], ['drama']]);
    expect(groupCategories(rare, heldOf([...times(50, [0]), ...times(19, [1])]))).toEqual({
      attribute: null,
      why: 'tooFew',
    });
  });
});
