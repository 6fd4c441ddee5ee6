import { afterEach, describe, expect, it, vi } from 'vitest';
import { NEUTRAL, NO_RULES, type RerankSettings } from '../models/rerank-settings.ts';
import { openPrivateFiles } from '../storage/private-files.testing.ts';
import { createEngine } from './engine.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { ReshapeKeeper } from './reshaping.ts';

const first: RerankSettings = { ...NEUTRAL, niche: 0.3, rules: { ...NO_RULES, always: [4], never: [7, 9] } };
const second: RerankSettings = { ...NEUTRAL, variety: 0.55 };
const otherText = ratingText().replace('c0,p0', 'c0,p0new');

/** The same file read as another visit reads it: another object with the same ratings. */
async function opened(text: string) {
  const rooms = openRooms();
  await rooms.take(text);
  return rooms.session;
}

afterEach(() => void vi.unstubAllGlobals());

describe('how lists are re-ordered', () => {
  it('is as it was chosen for the data, in later visits too, and other data has its own', async () => {
    openPrivateFiles(vi.stubGlobal);
    expect(await new ReshapeKeeper().kept(await opened(ratingText()))).toEqual(NEUTRAL);
    await new ReshapeKeeper().keep(await opened(ratingText()), first);
    const later = new ReshapeKeeper();
    expect(await later.kept(await opened(ratingText()))).toEqual(first);
    const other = await opened(otherText);
    expect(await later.kept(other)).toEqual(NEUTRAL);
    await later.keep(await opened(ratingText()), first);
    await later.keep(other, second);
    expect(await later.kept(await opened(ratingText()))).toEqual(first);
    expect(await later.kept(other)).toEqual(second);
    expect(await new ReshapeKeeper().kept(other)).toEqual(second);
  });

  it('turned back stays turned back', async () => {
    openPrivateFiles(vi.stubGlobal);
    const session = await opened(ratingText());
    const keeper = new ReshapeKeeper();
    await keeper.keep(session, first);
    await keeper.keep(session, NEUTRAL);
    expect(await keeper.kept(session)).toEqual(NEUTRAL);
    expect(await new ReshapeKeeper().kept(session)).toEqual(NEUTRAL);
  });

  it('lasts until the tab closes where nothing can be kept, or until everything is deleted', async () => {
    const session = await opened(ratingText());
    const keeper = new ReshapeKeeper();
    await keeper.keep(session, second);
    expect(await keeper.kept(session)).toEqual(second);
    expect(await new ReshapeKeeper().kept(session)).toEqual(NEUTRAL);
    keeper.forget();
    expect(await keeper.kept(session)).toEqual(NEUTRAL);
  });

  it('comes back from the engine with the same file, and is gone once everything is deleted', async () => {
    openPrivateFiles(vi.stubGlobal);
    const engine = createEngine();
    const take = async (text: string) => {
      await engine.inspect([{ kind: 'text', text }], () => undefined, new AbortController().signal);
      await engine.load(() => undefined, new AbortController().signal);
    };
    await take(ratingText());
    await engine.keepReshape(first);
    await take(otherText);
    expect(await engine.keptReshape()).toEqual(NEUTRAL);
    await take(ratingText());
    expect(await engine.keptReshape()).toEqual(first);
    await engine.erase();
    await take(ratingText());
    expect(await engine.keptReshape()).toEqual(NEUTRAL);
  });
});
