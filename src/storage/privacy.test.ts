import { expect, it } from 'vitest';
import { NO_PRIVACY } from '../data/protect.ts';
import { packPrivacy, unpackPrivacy } from './privacy.ts';

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

it('privacy settings come back whole for the data they were chosen for', () => {
  for (const settings of [
    { fewest: 5, most: null },
    { fewest: 0, most: 50 },
    { fewest: 20, most: 20 },
  ]) {
    const packed = packPrivacy(77, settings);
    expect(unpackPrivacy(packed, 77)).toEqual(settings);
    expect(unpackPrivacy(packed, 78)).toEqual(NO_PRIVACY);
    expect(unpackPrivacy(packed.slice(0, 12), 77)).toEqual(NO_PRIVACY);
  }
});

it('what cannot be believed protects nothing rather than something else', () => {
  const bad = [
    { version: 2, ratings: 77, settings: { fewest: 5, most: null } },
    { version: 1, ratings: 77, settings: { fewest: -5, most: null } },
    { version: 1, ratings: 77, settings: { fewest: 5, most: 'all' } },
    { version: 1, ratings: 77 },
    null,
    [],
  ];
  for (const value of bad) expect(unpackPrivacy(bytesOf(value), 77)).toEqual(NO_PRIVACY);
  expect(unpackPrivacy(new Uint8Array(), 77)).toEqual(NO_PRIVACY);
});
