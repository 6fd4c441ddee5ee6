import { describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { CompareRequest } from './api/comparing.ts';
import { createComparing } from './comparing.ts';
import type { Devices } from './devices.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { readTestFile } from './test-file.ts';

const nothing = () => undefined;
const signal = () => new AbortController().signal;
const file = (name: string, text: string) => ({ kind: 'file', file: new File([text], name), path: name }) as const;

/** Every tenth line of the data, and two that speak of somebody or something else. */
function testText(): string {
  const [head, ...lines] = ratingText().split('\n');
  const held = lines.filter((_, at) => at % 10 === 0);
  return [head, ...held, 'stranger,p1,5,1700000000', 'c1,novelty,4,1700000000'].join('\n');
}

const HELD = ratingText()
  .split('\n')
  .slice(1)
  .filter((_, at) => at % 10 === 0).length;

const request: CompareRequest = {
  entrants: [
    { id: 'means', model: 'means', preset: 'balanced', settings: {} },
    { id: 'popularity', model: 'popularity', preset: 'balanced', settings: {} },
  ],
  split: 'per-customer',
  holdout: 0.1,
  seed: 1,
  length: 5,
};

describe('a test part of one’s own', () => {
  it('is told what it holds, and comparisons are tested on it and nothing else', async () => {
    const { session, take } = openRooms();
    await take(ratingText());
    const found = await readTestFile(session, [file('mine.csv', testText())], nothing, signal());
    expect(found).toEqual({
      id: expect.any(String),
      name: 'mine.csv',
      pairs: HELD + 2,
      customers: expect.any(Number),
      inData: HELD,
      unknown: 2,
    });

    const device = createReferenceDevice();
    const comparing = createComparing(session, { current: async () => device } as unknown as Devices);
    const { result } = await comparing.compare({ ...request, testFile: found }, nothing);
    expect(result.protocol.testPairs).toBe(HELD + 2);
    expect(result.protocol.trainPairs).toBe(session.project.ratings.byUser.indices.length - HELD);
    expect(result.entrants.map(({ state }) => state)).toEqual(['done', 'done']);
    // A stranger has no history: an average is all that can be said, and it is scored like the rest.
    expect(result.entrants[0].taste?.mae.mean).toBeGreaterThan(0);

    await expect(
      comparing.compare({ ...request, testFile: { id: 'of another visit', name: 'mine.csv' } }, nothing),
    ).rejects.toMatchObject({
      code: 'testFileGone',
      params: { file: 'mine.csv' },
    });
  });

  it('is refused where it cannot be used, and what was there stays', async () => {
    const { session, take } = openRooms();
    await take(ratingText());
    await readTestFile(session, [file('mine.csv', testText())], nothing, signal());
    const bare = 'user,item\nc1,p1\nc2,p2\nc3,p3\nc4,p4\n';
    await expect(readTestFile(session, [file('bare.csv', bare)], nothing, signal())).rejects.toMatchObject({
      code: 'columnMissing',
      params: { role: 'rating' },
    });
    await expect(readTestFile(session, [file('empty.csv', '')], nothing, signal())).rejects.toMatchObject({
      code: 'fileEmpty',
    });
    await expect(readTestFile(session, [], nothing, signal())).rejects.toMatchObject({ code: 'nothingDropped' });
    expect(session.testFile?.file.name).toBe('mine.csv');
  });

  it('goes with the data it was read for', async () => {
    const { session, take } = openRooms();
    await take(ratingText());
    await readTestFile(session, [file('mine.csv', testText())], nothing, signal());
    await take(ratingText());
    expect(session.testFile).toBeNull();
  });
});
