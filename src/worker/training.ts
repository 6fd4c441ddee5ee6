/** Runs trials for the page: events, pause, stop, recovery from a lost device. */
import { AppError } from '../base/error.ts';
import type { DeviceKind } from '../compute/device.ts';
import { assertLearnable } from '../data/ratings.ts';
import { withoutBelow } from '../evaluate/parts.ts';
import { runTrial, type TrialHooks, type TrialProgress } from '../evaluate/protocol.ts';
import type { EpochEvent, Head } from '../models/recommender.ts';
import type { DeviceChangeReason, RunSummary, TrainEvent, TrainRequest } from './api/training.ts';
import type { TrialOutcome, TrialRequest } from './api/trials.ts';
import type { Devices } from './devices.ts';
import { headsFor } from './heads.ts';
import { publishedSplit } from './published-split.ts';
import type { RunKeeper } from './run-keeper.ts';
import type { Session } from './session.ts';

/** Epochs, and progress between them, reach the page at most this often: every arrival draws on the main thread. */
const EVENT_MS = 250;
const HOLDOUT = 0.1;
/** In the order they are fitted. */
const HEADS: readonly Head[] = ['taste', 'choice'];

/** Pause and stop of the run in progress. */
export class RunControl {
  readonly #abort = new AbortController();
  #paused: { promise: Promise<void>; open: () => void } | null = null;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  pause(): void {
    if (this.#paused) return;
    let open = () => {};
    const promise = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#paused = { promise, open };
  }

  resume(): void {
    this.#paused?.open();
    this.#paused = null;
  }

  stop(): void {
    this.#abort.abort();
    this.resume();
  }

  gate = async (): Promise<void> => {
    while (this.#paused) await this.#paused.promise;
  };
}

/** Epochs until they are sent, all that gathered at once. */
function gathered(send: (events: readonly EpochEvent[]) => void): { add(event: EpochEvent): void; flush(): void } {
  let waiting: EpochEvent[] = [];
  return {
    add: (event) => void waiting.push(event),
    flush() {
      if (waiting.length > 0) send(waiting);
      waiting = [];
    },
  };
}

/** Lets through what comes EVENT_MS after the last, and the first of every work at once. */
export function thinned(send: (progress: TrialProgress) => void): (progress: TrialProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  let of: TrialProgress | null = null;
  return (progress) => {
    const now = performance.now();
    const begins = of?.work !== progress.work || of.head !== progress.head;
    if (!begins && now - last < EVENT_MS) return;
    [last, of] = [now, progress];
    send(progress);
  };
}

interface Hooked {
  readonly hooks: TrialHooks;
  readonly done: () => void;
}

function hooksFor(run: string, control: RunControl, devices: Devices, onEvent: (event: TrainEvent) => void): Hooked {
  const epochs = gathered((events) => onEvent({ kind: 'epochs', run, epochs: events }));
  return {
    done: epochs.flush,
    hooks: {
      signal: control.signal,
      gate: control.gate,
      onPhase(phase) {
        epochs.flush();
        onEvent({ kind: 'phase', run, phase });
      },
      // Told after every epoch too: what gathered goes with it.
      onProgress: thinned((progress) => {
        epochs.flush();
        onEvent({ kind: 'progress', run, progress });
      }),
      onEpoch: epochs.add,
      onBaseline: (figures) => onEvent({ kind: 'baseline', run, ...figures }),
      async nextDevice(error, failed, epoch) {
        const full = error.code === 'deviceOutOfMemory';
        const from = failed.info.kind;
        // Plain loops are the last in line: what failed there fails everywhere.
        if (from === 'reference') throw error;
        const next = full ? await devices.roomier(failed) : await devices.replace(failed, error);
        if (!next) throw error;
        const to = next.info.kind;
        epochs.flush();
        onEvent({
          kind: 'deviceChanged',
          run,
          why: reasonOf(error, from, to),
          from,
          to,
          epoch,
        });
        return next;
      },
      onEconomy(economy) {
        epochs.flush();
        onEvent({ kind: 'economy', run, economy });
      },
    },
  };
}

function reasonOf({ code }: AppError, from: DeviceKind, to: DeviceKind): DeviceChangeReason {
  if (code === 'deviceOutOfMemory') return 'memory';
  if (code === 'deviceFailedSelfTest') return 'wrong';
  return to === from ? 'thread' : 'lost';
}

export interface Training {
  train(run: string, request: TrainRequest, onEvent: (event: TrainEvent) => void): Promise<RunSummary>;
  trial(request: TrialRequest, onEvent: (event: TrainEvent) => void): Promise<TrialOutcome>;
  pause(run: string): void;
  resume(run: string): void;
  stop(run: string): void;
}

export function createTraining(session: Session, devices: Devices, keeper: RunKeeper): Training {
  const controls = new Map<string, RunControl>();

  async function train(run: string, request: TrainRequest, onEvent: (event: TrainEvent) => void): Promise<RunSummary> {
    const { project } = session;
    const { ratings } = project;
    assertLearnable(ratings);
    const control = new RunControl();
    controls.set(run, control);
    const { hooks, done } = hooksFor(run, control, devices, onEvent);
    const earlier = keeper.begin(run);
    // What an earlier visit made smaller for want of memory stays so: its checkpoint has that size.
    let trained = earlier?.request ?? request;
    let epochs: EpochEvent[] = [...(earlier?.epochs ?? [])];
    let finished = false;
    try {
      const device = await devices.current();
      const heads = headsFor(trained, ratings, device);
      const result = await runTrial({
        data: ratings,
        split: 'random',
        holdout: HOLDOUT,
        seed: trained.seed,
        privacy: trained.privacy,
        ...heads,
        device,
        resumeFrom: earlier?.checkpoint,
        hooks: {
          ...hooks,
          onEpoch(event) {
            epochs.push(event);
            hooks.onEpoch?.(event);
          },
          onCheckpoint: (checkpoint) => keeper.offer(run, trained, ratings, epochs, checkpoint),
          onEconomy(economy) {
            if (economy.kind === 'smaller') {
              const { head, name, value } = economy;
              trained = { ...trained, settings: { ...trained.settings, [`${head}.${name}`]: value } };
              epochs = epochs.filter((event) => event.head !== head);
            }
            hooks.onEconomy?.(economy);
          },
        },
      });
      done();
      const summary: RunSummary = {
        id: run,
        request: trained,
        heads: HEADS.filter((head) => result[head] !== null),
        device: result.device.info,
        // A run that goes on in its choice head learns the taste head anew: its epochs belong before.
        epochs: epochs.sort((a, b) => HEADS.indexOf(a.head) - HEADS.indexOf(b.head)),
        decided: result.decided,
        ...result.figures,
      };
      // New data may have come in while this was training: its models would answer for the wrong people.
      if (!session.hasProject || session.project !== project) {
        result.taste?.destroy();
        result.choice?.destroy();
        throw new AppError('cancelled');
      }
      const { taste, choice } = result;
      if (choice) {
        session.add({ summary, taste, choice });
      } else {
        // Stopped before it had lists, which every answer begins with: nobody could ask the stars alone.
        taste?.destroy();
        session.note(summary);
      }
      finished = true;
      return summary;
    } finally {
      controls.delete(run);
      // A finished run keeps its checkpoint until the project with it is saved.
      if (!finished) await keeper.drop(run);
    }
  }

  async function trial(request: TrialRequest, onEvent: (event: TrainEvent) => void): Promise<TrialOutcome> {
    const { train: wanted, heads: wantedHeads, split, holdout, minRating, test, testPerEpoch, strict } = request;
    const all = session.project.ratings;
    const ratings = minRating === null ? all : withoutBelow(all, minRating);
    assertLearnable(ratings);
    const published = test ? publishedSplit(ratings, test) : null;
    const run = 'trial';
    const { hooks, done } = hooksFor(run, new RunControl(), devices, onEvent);
    const device = await devices.current();
    const heads = headsFor(wanted, ratings, device, wantedHeads);
    const fitted = wantedHeads.filter((head) => heads[head] !== null);
    if (fitted.length === 0) throw new AppError('columnMissing', { role: 'rating' });
    const result = await runTrial({
      data: published ?? ratings,
      split,
      holdout,
      seed: wanted.seed,
      privacy: wanted.privacy,
      ...heads,
      device,
      testPerEpoch,
      intervals: true,
      serve: false,
      learnFromValidation: !strict,
      hooks,
    });
    done();
    const summary: RunSummary = {
      id: run,
      request: wanted,
      heads: fitted,
      device: result.device.info,
      epochs: result.epochs,
      decided: result.decided,
      ...result.figures,
    };
    const top: Record<string, string[]> = {};
    const { byUser, userIds, itemIds } = result.train;
    if (result.choice) {
      for (let at = 0; at < 5; at++) {
        const user = Math.round((at * (userIds.length - 1)) / 4);
        const history = byUser.indices.subarray(byUser.pointers[user], byUser.pointers[user + 1]);
        const { indices } = await result.choice.topItems(user, 10, history);
        top[userIds[user]] = Array.from(indices, (item) => itemIds[item]);
      }
    }
    result.taste?.destroy();
    result.choice?.destroy();
    return {
      summary,
      nnz: byUser.indices.length,
      unknownTestPairs: published?.unknown ?? 0,
      intervalCoverage: result.intervalCoverage,
      top,
    };
  }

  return {
    train,
    trial,
    pause: (run) => controls.get(run)?.pause(),
    resume: (run) => controls.get(run)?.resume(),
    stop: (run) => controls.get(run)?.stop(),
  };
}
