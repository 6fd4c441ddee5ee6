/** Compares models for the page: one comparison at a time, its events, its stop, and what becomes of a lost device. */
import { AppError } from '../base/error.ts';
import type { ComputeDevice } from '../compute/device.ts';
import type { Split } from '../data/split.ts';
import { runRepeats } from '../evaluate/repeats.ts';
import type { CompareEvent, CompareRequest, Comparison } from './api/comparing.ts';
import { withComparison, withoutComparison } from './api/kept-comparisons.ts';
import type { Devices } from './devices.ts';
import { ownHeadsFor } from './heads.ts';
import { nextDeviceOf } from './next-device.ts';
import { publishedSplit } from './published-split.ts';
import type { Session } from './session.ts';

/** Progress reaches the page at most this often: every arrival draws on the main thread. */
const EVENT_MS = 150;

export interface Comparing {
  compare(request: CompareRequest, onEvent: (event: CompareEvent) => void): Promise<Comparison>;
  stopComparing(): Promise<void>;
  removeComparison(madeAt: number): Promise<void>;
}

/** Lets through what comes EVENT_MS after the last, and the first of every entrant at once. */
function thinned(send: (id: string | null, share: number) => void): (id: string | null, share: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  let of: string | null | undefined;
  return (id, share) => {
    const now = performance.now();
    if (id === of && now - last < EVENT_MS) return;
    [last, of] = [now, id];
    send(id, share);
  };
}

/** The file that was read, beside the data. Throws `testFileGone` where another one was read since, or the page was reloaded. */
function testPartOf({ project, testFile }: Session, { id, name }: NonNullable<CompareRequest['testFile']>): Split {
  if (testFile?.file.id !== id) throw new AppError('testFileGone', { file: name });
  return publishedSplit(project.ratings, testFile.part);
}

/**
 * Where the threads of the device take every core there is, a comparison computes on one: it goes on for a minute, and the
 * page has to move meanwhile. Gives what takes them back.
 */
function leaveRoom(device: ComputeDevice): () => void {
  if (device.info.threads < (globalThis.navigator?.hardwareConcurrency ?? 1)) return () => undefined;
  device.setHelping?.(false);
  return () => device.setHelping?.(true);
}

export function createComparing(session: Session, devices: Devices): Comparing {
  let stop: AbortController | null = null;

  /** Throws `nothingToTest`, `cannotRepeat`, `tooFewToFold`, what is wrong with the data, `cancelled` where it is stopped before the first entrant. */
  async function compare(request: CompareRequest, onEvent: (event: CompareEvent) => void): Promise<Comparison> {
    const { project } = session;
    const { ratings } = project;
    const { entrants, split, holdout, seed, length, repeats = 1, sampled } = request;
    const data = request.testFile === undefined ? ratings : testPartOf(session, request.testFile);
    const mine = new AbortController();
    stop = mine;
    let takeBack = () => {};
    try {
      const device = await devices.current();
      takeBack = leaveRoom(device);
      const result = await runRepeats({
        data,
        split,
        holdout,
        seed,
        k: length,
        repeats,
        sampled,
        entrants: () =>
          entrants.map(({ id, ...entrant }) => ({ id, ...ownHeadsFor({ ...entrant, seed }, ratings, device) })),
        device,
        hooks: {
          signal: mine.signal,
          onEntrant: (id, state, made) => onEvent({ kind: 'entrant', id, state, result: made ?? null }),
          onCut: (cut, cuts) => onEvent({ kind: 'cut', cut, cuts }),
          onProgress: thinned((id, share) => onEvent({ kind: 'progress', id, share })),
          nextDevice: nextDeviceOf(devices),
        },
      });
      // New data may have come in meanwhile: this tells nothing about it.
      if (!session.hasProject || session.project !== project) throw new AppError('cancelled');
      const comparison: Comparison = { request, result, madeAt: Date.now() };
      session.comparisons = withComparison(session.comparisons, comparison);
      return comparison;
    } finally {
      takeBack();
      if (stop === mine) stop = null;
    }
  }

  return {
    compare,
    async stopComparing() {
      stop?.abort();
    },
    async removeComparison(madeAt) {
      session.comparisons = withoutComparison(session.comparisons, madeAt);
    },
  };
}
