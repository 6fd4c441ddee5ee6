import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { openPrivateFiles } from '../storage/private-files.testing.ts';
import type { RunSummary, TrainRequest } from './api/training.ts';
import { createComparing } from './comparing.ts';
import type { Devices } from './devices.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { exportLists } from './exporting.ts';
import { learnedBy } from './learned.ts';
import { recommend } from './recommend.ts';
import { keptBytes, MOST_MODEL_BYTES, restoreProject, saveProject } from './saving.ts';
import { Session } from './session.ts';

test('a model is kept as its bytes, unless they are too many', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  expect(keptBytes({ toBytes: () => bytes })).toBe(bytes);
  expect(keptBytes(null)).toBeNull();
  expect(keptBytes(undefined)).toBeNull();
  expect(keptBytes({ toBytes: () => new Uint8Array(MOST_MODEL_BYTES + 1) })).toBeNull();
});

describe('a project that comes back', () => {
  afterEach(() => void vi.unstubAllGlobals());
  const sound: TrainRequest = { model: 'ease', preset: 'quick', settings: {}, seed: 1 };
  const privacy = { fewest: 4, most: 9 };
  const [open, careful] = [sound, { ...sound, privacy }];
  /** What two people alone have: whoever is kept from it never lists it. */
  const text = () => `${ratingText()}\nc3,rare,5,1600000000\nc6,rare,5,1600000000`;

  /** Saved, and opened by another visit. `change`: what became of the request of the run with privacy meanwhile. */
  async function comesBack(change: (request: TrainRequest) => unknown) {
    const disk = openPrivateFiles(vi.stubGlobal);
    const rooms = openRooms();
    await rooms.take(text());
    await rooms.training.train('open', open, () => undefined);
    await rooms.training.train('careful', careful, () => undefined);
    const stored = new Session();
    stored.open(rooms.session.project);
    const damaged = (summary: RunSummary) =>
      summary.id === 'careful' ? { ...summary, request: change(summary.request) as TrainRequest } : summary;
    stored.restore(rooms.session.runs, rooms.session.summaries.map(damaged), []);
    await saveProject(stored);
    const session = new Session();
    const saved = await restoreProject(session, async () => createReferenceDevice());
    return { session, runs: saved?.runs.map(({ id }) => id), disk };
  }

  const listsOf = async (session: Session, run: string) =>
    (await exportLists(session, { count: 46, run }, () => undefined, new AbortController().signal)).text();

  it('has its runs, and what one of them was kept from learning is still not listed', async () => {
    const { session, runs } = await comesBack((request) => request);
    expect(runs).toEqual(['open', 'careful']);
    expect(session.runs.map(({ summary }) => summary.request)).toEqual([open, careful]);
    expect(await listsOf(session, 'open')).toContain('rare');
    expect(await listsOf(session, 'careful')).not.toContain('rare');
  });

  it.each([
    ['no settings', { privacy: null }],
    ['no number', { privacy: { fewest: 'four', most: 9 } }],
    ['a number too few', { privacy: { most: 9 } }],
    ['below nothing', { privacy: { fewest: 4, most: -1 } }],
    ['a word', { privacy: 'strict' }],
    ['another model', { model: 'oracle' }],
    ['settings that are none', { settings: null }],
    ['a measure nobody has', { settings: { 'choice.measure': 'oracle' } }],
  ])('one whose request is damaged is left out, and costs nothing else: %s', async (_, damage) => {
    const { session, runs, disk } = await comesBack((request) => ({ ...request, ...damage }));
    expect(runs).toEqual(['open']);
    expect(session.summaries.map(({ id }) => id)).toEqual(['open']);
    expect(disk.files.has('damaged.bin')).toBe(false);
    // It answers for nobody; whoever asks for it is answered by a run that says what it learned from.
    const request = { customer: 4, whatIf: { liked: [], disliked: [] }, count: 5, run: 'careful' };
    expect((await recommend(session, request)).items).toHaveLength(5);
    expect(learnedBy(session.project, session.serving('careful').summary.request).unlisted).toHaveLength(0);
  });

  it('one without any request is left out too', async () => {
    expect((await comesBack(() => undefined)).runs).toEqual(['open']);
  });
});

describe('comparisons of a project', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('come back newest first, but for the one that was removed', async () => {
    openPrivateFiles(vi.stubGlobal);
    const { session, take } = openRooms();
    await take(ratingText());
    const device = createReferenceDevice();
    const comparing = createComparing(session, { current: async () => device } as unknown as Devices);
    const compare = (length: number) =>
      comparing.compare(
        {
          entrants: [{ id: 'popularity', model: 'popularity', preset: 'balanced', settings: {} }],
          split: 'random',
          holdout: 0.1,
          seed: 1,
          length,
        },
        () => undefined,
      );
    // Told apart by when they were made.
    const clock = vi.spyOn(Date, 'now');
    const made = [];
    for (const length of [3, 4, 5]) {
      clock.mockReturnValue(1000 * length);
      made.push(await compare(length));
    }
    clock.mockRestore();
    await comparing.removeComparison(made[1].madeAt);
    await saveProject(session);
    const other = new Session();
    const saved = await restoreProject(other, async () => device);
    expect(saved?.comparisons).toEqual([made[2], made[0]]);
    expect(other.comparisons).toEqual(saved?.comparisons);

    // As somebody has it who made only one, and as it was kept before there were several.
    await comparing.removeComparison(made[2].madeAt);
    await saveProject(session);
    expect((await restoreProject(new Session(), async () => device))?.comparisons).toEqual([made[0]]);
    session.open(session.project);
    await saveProject(session);
    expect((await restoreProject(new Session(), async () => device))?.comparisons).toEqual([]);
  });
});
