import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCompact,
  formatDate,
  formatDuration,
  formatList,
  formatMoment,
  formatNumber,
  formatPercent,
  formatRate,
  formatSigned,
} from './format.ts';
import { detectLanguage } from './language.ts';

const NBSP = '\u00a0';

describe('numbers as people write them', () => {
  it('groups, and keeps small shares from reading as nothing', () => {
    expect(formatNumber('en', 541909)).toBe('541,909');
    expect(formatNumber('en', 0.64, 3)).toBe('0.640');
    expect(formatPercent('en', 0.9234)).toBe('92%');
    expect(formatPercent('en', 0.01117)).toBe('1.1%');
    expect(formatPercent('en', 0.000131)).toBe('0.013%');
    expect(formatPercent('en', 0)).toBe('0%');
  });

  it('says which way a difference goes, and neither for what rounds to nothing', () => {
    expect(formatSigned('en', -1.24, 1)).toBe('−1.2');
    expect(formatSigned('en', 1234.5, 1)).toBe('+1,234.5');
    expect(formatSigned('en', -0.04, 1)).toBe('0.0');
    expect(formatSigned('en', 0, 3)).toBe('0.000');
  });

  it('shortens in thousands or in ten-thousands', () => {
    expect(formatCompact('en', 2_310_000)).toBe('2.31M');
    expect(formatCompact('zh-CN', 2_310_000)).toBe('231万');
  });

  it('sizes and speeds', () => {
    expect(formatBytes('en', 48_300_000)).toBe('48 MB');
    expect(formatBytes('en', 4_817_231)).toBe('4.8 MB');
    expect(formatBytes('en', 12)).toBe('12 bytes');
    expect(formatRate('en', 61_000_000)).toBe('61 MB/s');
  });
});

describe('time', () => {
  it('durations from milliseconds to hours', () => {
    expect(formatDuration('en', 0.7)).toBe(`0.7${NBSP}ms`);
    expect(formatDuration('en', 940)).toBe(`0.9${NBSP}s`);
    expect(formatDuration('en', 59_700)).toBe(`1${NBSP}min`);
    expect(formatDuration('en', 125_000)).toBe(`2${NBSP}min 5${NBSP}s`);
    expect(formatDuration('en', 3_840_000)).toBe(`1${NBSP}h 4${NBSP}min`);
    expect(formatDuration('zh-CN', 12_000)).toBe('12秒');
  });

  it('dates in UTC, so that a day never moves with the reader', () => {
    const newYear = Date.UTC(2011, 0, 1);
    expect(formatDate('en', newYear)).toBe('Jan 1, 2011');
    expect(formatDate('en', newYear, 'month')).toBe('Jan 2011');
    expect(formatDate('zh-CN', newYear, 'month')).toBe('2011年1月');
    expect(formatDate('en', newYear, 'year')).toBe('2011');
  });
});

it('moments on the clock of the reader', () => {
  const afternoon = new Date(2026, 10, 23, 14, 5, 9).getTime();
  expect(formatMoment('en', afternoon)).toBe('Nov 23, 14:05');
  expect(formatMoment('en', afternoon, 'second')).toBe('Nov 23, 14:05:09');
  expect(formatMoment('zh-CN', afternoon)).toBe('11月23日 14:05');
  expect(formatMoment('en', new Date(2026, 0, 1, 0, 3).getTime())).toBe('Jan 1, 00:03');
});

it('joins names', () => {
  expect(formatList('en', ['Dune', 'Emma', 'Ulysses'])).toBe('Dune, Emma, and Ulysses');
  expect(formatList('zh-CN', ['沙丘', '爱玛'])).toBe('沙丘和爱玛');
});

describe('which language to begin in', () => {
  it('asks the address, then the saved choice, then the browser', () => {
    expect(detectLanguage('?lang=zh-CN', 'en', ['en'])).toBe('zh-CN');
    expect(detectLanguage('?lang=pseudo', null, [])).toBe('pseudo');
    expect(detectLanguage('', 'zh-CN', ['en-GB'])).toBe('zh-CN');
    expect(detectLanguage('?lang=klingon', 'nonsense', ['fr', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(detectLanguage('', null, ['fr', 'de'])).toBe('en');
  });
});
