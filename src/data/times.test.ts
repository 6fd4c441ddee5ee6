import { describe, expect, it } from 'vitest';
import { daysFromDate, swapDayAndMonth, TimeParser } from './times.ts';

const at = (iso: string) => Date.parse(iso);
const parse = (text: string, dayFirst = false) => new TimeParser(dayFirst).parse(text);

describe('TimeParser', () => {
  it.each([
    ['2010-12-01', '2010-12-01T00:00:00Z'],
    ['2010-12-01 08:26:00', '2010-12-01T08:26:00Z'],
    ['2010-12-01T08:26:00', '2010-12-01T08:26:00Z'],
    ['2010-12-01T08:26:00.250Z', '2010-12-01T08:26:00.250Z'],
    ['2010-12-01T08:26:00+02:00', '2010-12-01T06:26:00Z'],
    ['2010-12-01 08:26:00 -0530', '2010-12-01T13:56:00Z'],
    ['2010-12-01 08:26', '2010-12-01T08:26:00Z'],
    ['2010-12-01 08:26:00 UTC', '2010-12-01T08:26:00Z'],
    ['2010/12/01', '2010-12-01T00:00:00Z'],
    ['2010/2/1 8:05', '2010-02-01T08:05:00Z'],
    ['01.12.2010', '2010-12-01T00:00:00Z'],
    ['1.2.10 8:26', '2010-02-01T08:26:00Z'],
    ['1-Dec-10', '2010-12-01T00:00:00Z'],
    ['01-Jan-1995', '1995-01-01T00:00:00Z'],
    ['3 March 2011', '2011-03-03T00:00:00Z'],
    ['Wed, 01 Dec 2010 08:26:00 GMT', '2010-12-01T08:26:00Z'],
    ['Dec 1, 2010 8:26 AM', '2010-12-01T08:26:00Z'],
    ['December 1st, 2010, 8:26:30 pm', '2010-12-01T20:26:30Z'],
    ['20101201', '2010-12-01T00:00:00Z'],
    ['20101201082600', '2010-12-01T08:26:00Z'],
    ['881250949', '1997-12-04T15:55:49Z'],
    ['1363245118000', '2013-03-14T07:11:58Z'],
    ['1363245118000000', '2013-03-14T07:11:58Z'],
    ['2024年3月5日', '2024-03-05T00:00:00Z'],
    ['2024年3月5日 14:05', '2024-03-05T14:05:00Z'],
    ['2024-03-05 下午', null],
    ['40513', '2010-12-01T00:00:00Z'],
  ])('reads %s', (text, iso) => {
    if (iso === null) expect(parse(text)).toBeNaN();
    else expect(parse(text)).toBe(at(iso));
  });

  it.each([
    '',
    'yesterday',
    '2010-13-01',
    '2010-02-30',
    '2011-02-29',
    '32/01/2010',
    '13/13/2010',
    '0',
    '12345678901234567',
    '2010-12-01 25:00:00',
  ])('finds no time in %j', (text) => {
    expect(parse(text)).toBeNaN();
  });

  it('takes 3/4/2011 by the order of the column and notices what the column shows', () => {
    expect(parse('3/4/2011', true)).toBe(at('2011-04-03'));
    expect(parse('3/4/2011', false)).toBe(at('2011-03-04'));
    expect(parse('12/1/2010 8:26', false)).toBe(at('2010-12-01T08:26:00Z'));
    const times = new TimeParser(false);
    expect(times.parse('25/4/2011')).toBe(at('2011-04-25'));
    expect(times.parse('4/25/2011')).toBe(at('2011-04-25'));
    times.parse('3/4/2011');
    times.parse('3/4/2011');
    times.parse('4/4/2011');
    expect(times.evidence).toEqual({ dayFirst: 1, monthFirst: 1, either: 2 });
  });

  it('agrees with Date on every day of four centuries boundaries', () => {
    for (const year of [1600, 1900, 1970, 1999, 2000, 2023, 2024, 2100]) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 1; day <= 31; day++) {
          const date = new Date(Date.UTC(year, month - 1, day));
          const exists = date.getUTCMonth() === month - 1;
          const days = daysFromDate(year, month, day);
          if (exists) expect(days).toBe(date.getTime() / 86_400_000);
          else expect(days).toBeNaN();
        }
      }
    }
  });

  it('exchanges day and month', () => {
    expect(swapDayAndMonth(at('2011-03-04T08:26:00Z'))).toBe(at('2011-04-03T08:26:00Z'));
    expect(swapDayAndMonth(at('2011-03-25'))).toBe(at('2011-03-25'));
    expect(swapDayAndMonth(at('1965-03-04T08:26:00Z'))).toBe(at('1965-04-03T08:26:00Z'));
  });
});
