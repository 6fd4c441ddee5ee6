import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../base/error.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { fingerprint } from '../data/fingerprint.ts';
import type { TrialProgress } from '../evaluate/protocol.ts';
import type { TrainEvent } from './api/training.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { RunControl, thinned } from './training.ts';

describe('RunControl', () => {
  it('lets nothing through while paused, and everything after', async () => {
    const control = new RunControl();
    await control.gate();
    control.pause();
    let passed = false;
    const waiting = control.gate().then(() => {
      passed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(passed).toBe(false);
    // Paused twice is paused once.
    control.pause();
    control.resume();
    await waiting;
    expect(passed).toBe(true);
    expect(control.signal.aborted).toBe(false);
  });

  it('a stop ends a pause too', async () => {
    const control = new RunControl();
    control.pause();
    const waiting = control.gate();
    control.stop();
    await waiting;
    expect(control.signal.aborted).toBe(true);
  });
});

describe('thinned', () => {
  it('lets four through a second, and the beginning of another work at once', () => {
    const clock = vi.spyOn(performance, 'now');
    const sent: TrialProgress[] = [];
    const tell = thinned((progress) => sent.push(progress));
    const at = (ms: number, share: number, head: 'taste' | 'choice') => {
      clock.mockReturnValue(ms);
      tell({ work: 'learning', head, share, epoch: 1, epochs: 2 });
    };
    for (let ms = 0; ms < 1000; ms += 10) at(1000 + ms, ms / 1000, 'taste');
    at(2001, 0, 'choice');
    at(2011, 0.1, 'choice');
    clock.mockRestore();
    expect(sent.map(({ head, share }) => `${head} ${share}`)).toEqual([
      'taste 0',
      'taste 0.25',
      'taste 0.5',
      'taste 0.75',
      'choice 0',
    ]);
  });
});

describe('train', () => {
  it('tells every epoch and phase in order, and gives figures that beat the averages', async () => {
    const { take, train, session } = openRooms();
    await take(ratingText());
    const events: TrainEvent[] = [];
    const summary = await train('a', (event) => events.push(event));
    expect(events.flatMap((event) => (event.kind === 'phase' ? [event.phase] : []))).toEqual([
      'preparing',
      'taste',
      'choice',
      'scoring',
      'refitting',
      'done',
    ]);
    const told = events.flatMap((event) => (event.kind === 'epochs' ? event.epochs : []));
    expect(told).toEqual(summary.epochs);
    expect(events.every(({ run }) => run === 'a')).toBe(true);
    expect(summary.rmse).toBeLessThan(summary.baselineRmse ?? 0);
    expect(session.summaries.map(({ id }) => id)).toEqual(['a']);
  });

  it('a stop keeps the best so far and says so', async () => {
    const { take, train, training, session } = openRooms();
    await take(ratingText());
    const summary = await train('b', (event) => {
      if (event.kind === 'phase' && event.phase === 'taste') training.stop('b');
    });
    expect(summary.stopped).toBe(true);
    expect(session.serving('b').summary).toBe(summary);
  });

  /** EASE on plain loops that are stopped between the two halves of its first fit. */
  const stoppedLists = (text: string) => {
    const loops = createReferenceDevice();
    let stop = () => {};
    const device: ComputeDevice = {
      ...loops,
      async rowProducts(problem) {
        const products = await loops.rowProducts(problem);
        stop();
        return products;
      },
    };
    const rooms = openRooms({ devices: { current: async () => device } });
    const request = { model: 'ease', preset: 'balanced', settings: { epochs: 3 }, seed: 1 } as const;
    return {
      ...rooms,
      async open() {
        await rooms.take(text);
        await rooms.train('earlier');
      },
      ease(events: TrainEvent[] = []) {
        stop = () => rooms.training.stop('lists');
        return rooms.training.train('lists', request, (event) => events.push(event));
      },
    };
  };

  it('a stop ends lists that are learned in one step, and nothing is kept of them', async () => {
    const purchases = ratingText()
      .replace(/,\d,(\d+)$/gm, ',$1')
      .replace(',rating', '');
    const { open, ease, train, session } = stoppedLists(purchases);
    await open();
    const events: TrainEvent[] = [];
    await expect(ease(events)).rejects.toMatchObject({ code: 'cancelled' });
    expect(events.some((event) => event.kind === 'phase' && event.phase === 'choice')).toBe(true);
    expect(session.summaries.map(({ id }) => id)).toEqual(['earlier']);
    expect(session.serving('lists').summary.id).toBe('earlier');
    expect((await train('next')).stopped).toBe(false);
  });

  it('the figures of stars that were learned before are kept; the run answers nothing', async () => {
    const { open, ease, session } = stoppedLists(ratingText());
    await open();
    const summary = await ease();
    expect(summary).toMatchObject({ id: 'lists', heads: ['taste'], stopped: true, recall10: 0 });
    expect(summary.rmse).toBeLessThan(summary.baselineRmse ?? 0);
    expect(summary.epochs.every(({ head }) => head === 'taste')).toBe(true);
    expect(session.summaries.map(({ id }) => id)).toEqual(['earlier', 'lists']);
    expect(session.runs.map(({ summary: { id } }) => id)).toEqual(['earlier']);
    expect(session.serving('lists').summary.id).toBe('earlier');
  });

  it('models of data that is gone are thrown away', async () => {
    const { take, train, session } = openRooms();
    await take(ratingText());
    const other = ratingText().replaceAll('c', 'd');
    let taking: Promise<void> | null = null;
    const run = train('c', (event) => {
      if (event.kind === 'phase' && event.phase === 'taste') taking = take(other);
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    await taking;
    expect(session.summaries).toEqual([]);
    expect(session.project.ratings.userIds[0]).toBe('d0');
  });
});

describe('a processor without enough memory', () => {
  const loops = createReferenceDevice();
  /** Plain loops under the name of the processor, with room for so many factors. */
  const processor = (most: number): ComputeDevice => {
    const check = ({ factors }: { readonly factors: number }) => {
      if (factors > most) throw new AppError('deviceOutOfMemory', { device: 'wasm', neededMb: 4500 });
    };
    return {
      ...loops,
      info: { ...loops.info, kind: 'wasm', threads: 2 },
      async explicitDescent(problem) {
        check(problem);
        return loops.explicitDescent(problem);
      },
      async implicitDescent(problem) {
        check(problem);
        return loops.implicitDescent(problem);
      },
    };
  };
  const roomsOn = (most: number) => {
    const device = processor(most);
    return openRooms({ devices: { current: async () => device, roomier: async () => null } });
  };
  const REQUEST = { model: 'mf', preset: 'quick', settings: { factors: 32, epochs: 3 }, seed: 3 } as const;

  it('goes on smaller, and the run says what it became', async () => {
    const { take, training } = roomsOn(8);
    await take(ratingText());
    const events: TrainEvent[] = [];
    const summary = await training.train('a', REQUEST, (event) => events.push(event));
    const smaller = events.flatMap((event) => (event.kind === 'economy' ? [event.economy] : []));
    expect(smaller.map((economy) => economy.kind === 'smaller' && `${economy.head} ${economy.value}`)).toEqual([
      'taste 8',
      'choice 8',
    ]);
    expect(summary.request.settings).toMatchObject({ 'taste.factors': 8, 'choice.factors': 8 });
    expect(summary.device.kind).toBe('wasm');
  });

  it('stops where nothing of use fits, with data and earlier models kept', async () => {
    let room = 32;
    const { take, training, session } = openRooms({
      devices: { current: async () => processor(room), roomier: async () => null },
    });
    await take(ratingText());
    await training.train('earlier', REQUEST, () => undefined);
    const { project } = session;
    room = 7;
    await expect(training.train('b', REQUEST, () => undefined)).rejects.toMatchObject({ code: 'trainingOutOfMemory' });
    expect(session.project).toBe(project);
    expect(session.summaries.map(({ id }) => id)).toEqual(['earlier']);
    const list = await session.serving(null).choice.topItems(0, 3, new Uint32Array());
    expect(list.indices).toHaveLength(3);
  });
});

it('a fingerprint is the same for the same ratings and another for any other', async () => {
  const one = openRooms();
  const two = openRooms();
  await one.take(ratingText());
  await two.take(ratingText());
  expect(fingerprint(one.session.project.ratings)).toBe(fingerprint(two.session.project.ratings));
  await two.take(ratingText().replace(/,4,(\d+)$/m, ',5,$1'));
  expect(fingerprint(one.session.project.ratings)).not.toBe(fingerprint(two.session.project.ratings));
});
