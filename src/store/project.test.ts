import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_PRIVACY, type PrivacySettings } from '../data/protect.ts';
import { NEUTRAL, type RerankSettings } from '../models/rerank-settings.ts';
import type { DatasetSummary } from '../worker/api/data.ts';
import type { RunSummary, TrainRequest } from '../worker/api/training.ts';

const fake = vi.hoisted(() => ({
  /** What the engine knows was chosen for the data in hand. */
  chosen: { fewest: 0, most: null } as PrivacySettings,
  reshape: {} as RerankSettings,
  asked: [] as string[],
  trained: [] as TrainRequest[],
  kept: [] as unknown[],
  /** Ends when the test says so. */
  restored: Promise.resolve(null) as Promise<null>,
}));
vi.mock('./engine.ts', () => ({
  prepareEngine: async () => undefined,
  refreshEngine: async () => undefined,
  engine: () => ({
    inspect: async () => ({ plan: { certain: true } }),
    restore: () => {
      fake.asked.push('restore');
      return fake.restored;
    },
    load: async () => {
      fake.asked.push('load');
      return { name: 'data', pairs: 2_000_000 } as DatasetSummary;
    },
    keptPrivacy: async () => {
      fake.asked.push('keptPrivacy');
      return fake.chosen;
    },
    keepPrivacy: async (settings: PrivacySettings) => void fake.kept.push(settings),
    keepReshape: async (settings: RerankSettings) => {
      fake.asked.push('keepReshape');
      fake.kept.push(settings);
    },
    keptReshape: async () => fake.reshape,
    keepLine: async () => undefined,
    train: async (id: string, request: TrainRequest) => {
      fake.asked.push('train');
      fake.trained.push(request);
      return { id, request } as RunSummary;
    },
    save: async () => void fake.asked.push(`save after ${fake.kept.length} kept`),
    stop: async () => undefined,
    stopComparing: async () => undefined,
    stopTuning: async () => undefined,
    erase: async () => undefined,
  }),
}));
vi.mock('./route.ts', () => ({ go: () => undefined }));
vi.mock('./privacy.ts', () => ({ markDataIn: () => undefined }));
// there is no page here: it is looked at all the time, and nobody asked for it without its story
vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => undefined });
vi.stubGlobal('window', { location: { search: '' } });

const { eraseEverything, openText, restoreProject, useProject } = await import('./project.ts');
const { setPrivacySettings, usePrivacySettings } = await import('./privacy-settings.ts');
const { studioConsole } = await import('./console.ts');
const { setReshape, useReshape } = await import('./reshape.ts');

const settings = () => usePrivacySettings.getState().settings;
const begun = () => vi.waitFor(() => expect(fake.trained.length).toBeGreaterThan(0));

beforeEach(async () => {
  await eraseEverything();
  fake.reshape = NEUTRAL;
  fake.asked.length = fake.trained.length = fake.kept.length = 0;
});

describe('data that comes in', () => {
  it('is learned from as was chosen for it, from the first training on, and what was chosen stays kept', async () => {
    fake.chosen = { fewest: 5, most: 50 };
    await openText('the same file again');
    expect(useProject.getState().error).toBeNull();
    await begun();
    expect(settings()).toEqual(fake.chosen);
    expect(fake.trained[0].privacy).toEqual(fake.chosen);
    expect(fake.asked.slice(0, 3)).toEqual(['load', 'keptPrivacy', 'train']);
    expect(fake.kept).toEqual([]);
  });

  it('begins without where nothing was chosen for it, whatever was set for the data before', async () => {
    setPrivacySettings({ fewest: 20, most: 20 });
    fake.chosen = NO_PRIVACY;
    await openText('another file');
    await begun();
    expect(settings()).toEqual(NO_PRIVACY);
    expect('privacy' in fake.trained[0]).toBe(false);
  });
});

describe('how lists are re-ordered', () => {
  it('is as it was chosen for the data that comes in; a slider moved just before is of the data before', async () => {
    const before = { ...NEUTRAL, niche: 0.3 };
    fake.reshape = { ...NEUTRAL, variety: 0.55 };
    setReshape(before);
    await openText('the same file again');
    expect(useReshape.getState().settings).toEqual(fake.reshape);
    expect(fake.kept).toEqual([before]);
    expect(fake.asked.slice(0, 2)).toEqual(['keepReshape', 'load']);
    // The slider of then does not come to rest on the data of now.
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(fake.kept).toEqual([before]);
  });

  it('is as the model has it for data nothing was chosen for, and after everything is deleted', async () => {
    setReshape({ ...NEUTRAL, ownMix: 0.4 });
    await openText('another file');
    expect(useReshape.getState().settings).toEqual(NEUTRAL);
    setReshape({ ...NEUTRAL, ownMix: 0.4 });
    await eraseEverything();
    expect(useReshape.getState().settings).toEqual(NEUTRAL);
  });
});

describe('data that comes in while the project of last time is on its way', () => {
  it('waits until that is open, so that it is what stays', async () => {
    let end = () => {};
    fake.restored = new Promise((resolve) => {
      end = () => resolve(null);
    });
    const restoring = restoreProject();
    await vi.waitFor(() => expect(fake.asked).toEqual(['restore']));
    const opening = openText('a file');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(fake.asked).toEqual(['restore']);
    end();
    await Promise.all([restoring, opening]);
    expect(fake.asked.slice(0, 2)).toEqual(['restore', 'load']);
    expect(useProject.getState()).toMatchObject({ phase: 'idle', summary: { name: 'data' } });
    await begun();
  });

  it('takes its place where the engine has not been asked yet', async () => {
    const restoring = restoreProject();
    await openText('a file');
    await restoring;
    expect(fake.asked).not.toContain('restore');
    expect(useProject.getState().summary?.name).toBe('data');
    await begun();
  });
});

it('everything deleted leaves no settings', async () => {
  setPrivacySettings({ fewest: 20, most: 20 });
  await eraseEverything();
  expect(settings()).toEqual(NO_PRIVACY);
});

it('saved() keeps a slider that has not come to rest, before it saves', async () => {
  const dragged = { ...NEUTRAL, niche: 0.3 };
  setReshape({ ...NEUTRAL, niche: 0.2 });
  setReshape(dragged);
  expect(fake.kept).toEqual([]);
  await studioConsole.saved();
  expect(fake.kept).toEqual([dragged]);
  expect(fake.asked).toEqual(['keepReshape', 'save after 1 kept']);
  // Once is enough, now and when it would have come to rest.
  await studioConsole.saved();
  await new Promise((resolve) => setTimeout(resolve, 450));
  expect(fake.kept).toHaveLength(1);
});
