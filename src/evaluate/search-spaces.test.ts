import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type SearchRange, searchRanges } from './search-spaces.ts';

/** As docs/algorithms.md writes a range. */
function written(range: SearchRange): string {
  const ends = range.kind === 'between' ? `${range.low} – ${range.high}` : `÷ ${range.times} … × ${range.times}`;
  const scale = range.kind === 'between' && range.scale === 'linear' ? ' linear' : '';
  return `${ends}${scale}${range.step > 0 ? ` by ${range.step}` : ''}`;
}

it('the document states every space that is searched, and no other', () => {
  const rows = new Map<string, string[]>();
  for (const { model, head, setting, range } of searchRanges()) {
    const key = `${model}, ${head === 'taste' ? 'stars' : 'lists'}`;
    rows.set(key, [...(rows.get(key) ?? []), `\`${setting}\` ${written(range)}`]);
  }
  const expected = [...rows].map(([key, settings]) => `| ${key} | ${settings.join('; ')} |`);
  const text = readFileSync(new URL('../../docs/algorithms.md', import.meta.url), 'utf8');
  const [, section] = text.split('| Searched | Settings and how far |\n| --- | --- |\n');
  expect(section.split('\n\n')[0].split('\n')).toEqual(expected);
});
