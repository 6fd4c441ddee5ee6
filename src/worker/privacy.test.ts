import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../base/error.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { PRIVACY_GRID } from '../evaluate/price-of-privacy.ts';
import { NEUTRAL } from '../models/rerank-settings.ts';
import { openPrivateFiles } from '../storage/private-files.testing.ts';
import type { Devices } from './devices.ts';
import { createEngine } from './engine.ts';
import { openRooms, REQUEST, ratingText } from './engine-rooms.testing.ts';
import { learnedShare, measurePrivacy, PrivacyKeeper } from './privacy.ts';

const { session, take, training } = openRooms();
const device = createReferenceDevice();
const devices = { run: (work: Parameters<Devices['run']>[0]) => work(device) } as unknown as Devices;
const never = new AbortController().signal;
const measure = (run: string | null, signal = never, onShare: (share: number) => void = () => undefined) =>
  measurePrivacy(session, devices, run, ({ done, total }) => onShare(done / (total ?? 1)), signal);

beforeAll(async () => {
  await take(ratingText());
});

describe('privacy settings, for the page', () => {
  it('say how much of the data they leave', () => {
    const { byUser } = session.project.ratings;
    const all = { allEntries: byUser.indices.length, allProducts: 45 };
    expect(learnedShare(session, { fewest: 0, most: null })).toEqual({
      ...all,
      entries: all.allEntries,
      products: all.allProducts,
    });
    const lengths = Array.from({ length: 90 }, (_, user) => byUser.pointers[user + 1] - byUser.pointers[user]);
    const bounded = learnedShare(session, { fewest: 0, most: 20 });
    expect(bounded.entries).toBe(lengths.reduce((sum, length) => sum + Math.min(20, length), 0));
    expect(learnedShare(session, { fewest: 80, most: null })).toEqual({ ...all, entries: 0, products: 0 });
  });

  it('are priced by a quick factorization where nothing is trained, else by the run asked for, in all it does', async () => {
    const shares: number[] = [];
    const untrained = await measure(null, never, (share) => shares.push(share));
    expect([untrained.model, untrained.preset]).toEqual(['mf', 'quick']);
    expect(untrained.price.none.rmse).toBeGreaterThan(0);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    const { prices, pointless } = untrained.price;
    expect(prices.length + pointless.length).toBe(PRIVACY_GRID.length);
    // Everything here was chosen by more than five, and nobody has fifty things.
    expect(pointless).toEqual(
      expect.arrayContaining([
        { fewest: 5, most: null },
        { fewest: 0, most: 50 },
      ]),
    );

    // A run that was trained with privacy is priced from scratch: beside everything.
    await training.train('careful', { ...REQUEST, model: 'ease', privacy: { fewest: 0, most: 3 } }, () => undefined);
    const lists = await measure('careful');
    expect([lists.model, lists.price.none.rmse]).toEqual(['ease', null]);
    expect(lists.price.none.entries).toBe(untrained.price.none.entries);
  });

  it('stop when asked, and say nothing of data that is gone', async () => {
    const stop = new AbortController();
    await expect(measure(null, stop.signal, () => stop.abort())).rejects.toMatchObject({ code: 'cancelled' });
    const other = openRooms();
    await other.take(ratingText());
    const asked = measurePrivacy(other.session, devices, null, () => undefined, never);
    other.session.close();
    await expect(asked).rejects.toBeInstanceOf(AppError);
  });
});

describe('privacy settings that were chosen', () => {
  const NONE = { fewest: 0, most: null };
  const first = { fewest: 5, most: null };
  const second = { fewest: 3, most: 20 };
  const otherText = ratingText().replace('c0,p0', 'c0,p0new');
  const rest = () => new Promise((resolve) => setTimeout(resolve, 5));
  afterEach(() => void vi.unstubAllGlobals());

  /** The same file read as another visit reads it: another object with the same ratings. */
  async function opened(text: string) {
    const rooms = openRooms();
    await rooms.take(text);
    return rooms.session;
  }

  it('are those of the data they were chosen for, in later visits too, and other data has none', async () => {
    openPrivateFiles(vi.stubGlobal);
    expect(await new PrivacyKeeper().kept(await opened(ratingText()))).toEqual(NONE);
    await new PrivacyKeeper().keep(await opened(ratingText()), first);
    const later = new PrivacyKeeper();
    expect(await later.kept(await opened(ratingText()))).toEqual(first);
    const other = await opened(otherText);
    expect(await later.kept(other)).toEqual(NONE);
    // Looking at other data, and even choosing for it, turns nothing off for the first within the visit.
    await later.keep(await opened(ratingText()), second);
    await later.keep(other, first);
    expect(await later.kept(await opened(ratingText()))).toEqual(second);
    expect(await later.kept(other)).toEqual(first);
    expect(await new PrivacyKeeper().kept(other)).toEqual(first);
  });

  it('turned off stay off', async () => {
    openPrivateFiles(vi.stubGlobal);
    const keeper = new PrivacyKeeper();
    await keeper.keep(session, first);
    await keeper.keep(session, NONE);
    expect(await keeper.kept(session)).toEqual(NONE);
    expect(await new PrivacyKeeper().kept(session)).toEqual(NONE);
  });

  it('last until the tab closes where nothing can be kept, or until everything is deleted', async () => {
    const keeper = new PrivacyKeeper();
    expect(await keeper.kept(session)).toEqual(NONE);
    await keeper.keep(session, first);
    expect(await keeper.kept(session)).toEqual(first);
    keeper.forget();
    expect(await keeper.kept(session)).toEqual(NONE);
  });

  it('are on disk in the order of the changes once the project is saved, and so is how lists are re-ordered', async () => {
    const disk = openPrivateFiles(vi.stubGlobal);
    const engine = createEngine();
    await engine.inspect([{ kind: 'text', text: ratingText() }], () => undefined, never);
    await engine.load(() => undefined, never);
    const release = disk.hold();
    void engine.keepPrivacy(first);
    void engine.keepReshape({ ...NEUTRAL, niche: 1 });
    await rest();
    disk.hold()();
    void engine.keepPrivacy(second);
    void engine.keepReshape({ ...NEUTRAL, variety: 0.5 });
    let saved = false;
    const saving = engine.save().then(() => {
      saved = true;
    });
    await vi.waitFor(() => expect(disk.files.has('current.json')).toBe(true));
    await rest();
    expect(saved).toBe(false);
    release();
    await saving;
    const read = (name: string) => JSON.parse(new TextDecoder().decode(disk.files.get(name))).settings;
    expect(read('privacy.json')).toEqual(second);
    expect(read('reshape.json')).toMatchObject({ variety: 0.5, niche: 0 });
    expect(await engine.keptPrivacy()).toEqual(second);
    await engine.erase();
    expect([...disk.files.keys()]).toEqual([]);
  });
});
