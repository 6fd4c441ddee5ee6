import { describe, expect, it } from 'vitest';
import { NEUTRAL, type RerankSettings } from '../models/rerank-settings.ts';
import { packReshape, unpackReshape } from './reshape.ts';

const NAMES = ['crime', 'love', 'space'];
const settings: RerankSettings = {
  variety: 0.55,
  niche: -0.3,
  ownMix: 0.4,
  rules: { always: [3], never: [1, 4], neverCategories: [0, 2], only: [0, 3, 5] },
};
const text = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe('how lists are re-ordered, as a file', () => {
  const packed = packReshape(77, settings, NAMES);

  it('comes back whole, categories by their names', () => {
    expect(unpackReshape(packed, 77, 6, NAMES)).toEqual(settings);
    const turned = unpackReshape(packed, 77, 6, ['space', 'love', 'crime', 'food']);
    expect(turned.rules.neverCategories).toEqual([0, 2]);
    expect(unpackReshape(packed, 77, 6, ['love', 'space']).rules.neverCategories).toEqual([1]);
  });

  it('is neutral for other ratings, another version and anything damaged', () => {
    expect(unpackReshape(packed, 78, 6, NAMES)).toEqual(NEUTRAL);
    expect(unpackReshape(bytesOf({ ...text(packed), version: 2 }), 77, 6, NAMES)).toEqual(NEUTRAL);
    for (const damaged of [packed.slice(0, 40), new Uint8Array(), bytesOf(null), bytesOf([1])]) {
      expect(unpackReshape(damaged, 77, 6, NAMES)).toEqual(NEUTRAL);
    }
    expect(
      unpackReshape(bytesOf({ version: 1, ratings: 77, settings: 5, neverCategories: 'x' }), 77, 6, NAMES),
    ).toEqual(NEUTRAL);
  });

  it('loses rows that are not there', () => {
    const { rules } = unpackReshape(packed, 77, 4, NAMES);
    expect(rules).toMatchObject({ always: [3], never: [1], only: [0, 3] });
  });
});
