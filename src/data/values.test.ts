import { describe, expect, it } from 'vitest';
import { isDamagedId, isNothing, parseNumber, trimmed } from './values.ts';

describe('parseNumber', () => {
  it.each([
    ['5', 5],
    ['-12', -12],
    ['4.5', 4.5],
    ['-.5', -0.5],
    ['.5', 0.5],
    ['5.', 5],
    ['007', 7],
    ['123456789012345', 123456789012345],
    ['1e3', 1000],
    ['2.5E-1', 0.25],
    [' 3 ', 3],
    ['+3', 3],
    ['1,234', 1234],
    ['1,234,567.89', 1234567.89],
    ['1,00,000', 100000],
    ['1 234,5', 1234.5],
    ["1'234.5", 1234.5],
    ['1\u00a0234', 1234],
    ['4,5', 4.5],
    ['1.234,56', 1234.56],
    ['£2.55', 2.55],
    ['$1,000', 1000],
    ['-$5', -5],
    ['$-5', -5],
    ['3 €', 3],
    ['¥12', 12],
    ['12元', 12],
    ['USD 7', 7],
    ['(3.50)', -3.5],
    ['−4', -4],
    ['12%', 0.12],
  ])('reads %s', (text, value) => {
    expect(parseNumber(text)).toBeCloseTo(value, 12);
  });

  it.each([
    '',
    ' ',
    'abc',
    'NaN',
    'Infinity',
    '1e39',
    '-Infinity',
    'N/A',
    '#N/A',
    'null',
    '-',
    '.',
    '1.2.3',
    '12a',
    '1,2,3',
    '9,78E+12x',
    '0x10',
  ])('finds no number in %j', (text) => {
    expect(parseNumber(text)).toBeNaN();
  });

  it('takes the comma as decimal sign where the column does', () => {
    expect(parseNumber('3,5', true)).toBe(3.5);
    expect(parseNumber('1.234', true)).toBe(1234);
    expect(parseNumber('1,234', true)).toBe(1.234);
    expect(parseNumber('1.234.567,5', true)).toBe(1234567.5);
    // one dot that cannot be grouping is a decimal sign all the same
    expect(parseNumber('3.5', true)).toBe(3.5);
  });
});

describe('isNothing', () => {
  it.each(['', '  ', 'NA', 'N/A', '#N/A', 'nan', 'NULL', 'None', '\\N'])('%j is nothing', (text) => {
    expect(isNothing(text)).toBe(true);
  });
  it.each(['0', 'Nan Goldin', 'nap', 'x'])('%j is something', (text) => {
    expect(isNothing(text)).toBe(false);
  });
});

it('recognises ids a spreadsheet has damaged', () => {
  expect(isDamagedId('9,78E+12')).toBe(true);
  expect(isDamagedId('9.78043902348e+12')).toBe(true);
  expect(isDamagedId('85123A')).toBe(false);
  expect(isDamagedId('E12')).toBe(false);
});

it('removes white space around an id and nothing else', () => {
  expect(trimmed(' 0120735\t')).toBe('0120735');
  expect(trimmed('0 1')).toBe('0 1');
});
