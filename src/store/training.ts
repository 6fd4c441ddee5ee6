/** What is training, what was trained. One run at a time; others wait in line. */
import { create } from 'zustand';
import { type AppError, isAbort, toAppError } from '../base/error.ts';
import { isProtecting } from '../data/protect.ts';
import type { Settings } from '../evaluate/head-plan.ts';
import type { EpochEvent, ModelName, Preset } from '../models/recommender.ts';
import type { DatasetSummary } from '../worker/api/data.ts';
import type { SavedProject } from '../worker/api/project.ts';
import type { QueuedRun, RunSummary, TrainEvent, TrainRequest } from '../worker/api/training.ts';
import { engine, refreshEngine } from './engine.ts';
import { gather } from './gather.ts';
import { afterEvent, type LiveRun, type LiveState } from './live-run.ts';
import { usePrivacySettings } from './privacy-settings.ts';
import { go } from './route.ts';
import { keepProject } from './saving.ts';

export type { LiveRun } from './live-run.ts';

/** A training that was not begun by itself, and how long it would take. */
export interface Offer {
  readonly request: TrainRequest;
  readonly seconds: number;
}

/** A training that a stop ended before its model could make lists, and what is left of it. */
export interface GivenUp {
  readonly model: ModelName;
  /** `stars`: how well it guesses them was measured by then, and stands among the runs. */
  readonly left: 'nothing' | 'stars';
}

/** `live`: the run in progress, or the one that just ended until the next begins. What has to be said stays until it is. */
interface TrainingState extends LiveState {
  readonly waiting: readonly QueuedRun[];
  readonly runs: readonly RunSummary[];
  /** What would follow by itself but takes too long here: it waits for a press. */
  readonly offers: readonly Offer[];
  /** Which run answers on Customers and in exports; null: the latest factorization. */
  readonly serving: string | null;
  /** The epoch a run went on from that a closed tab had interrupted, until it is said. */
  readonly resumedFrom: number | null;
  readonly givenUp: GivenUp | null;
  readonly error: AppError | null;
}

const NOTHING: TrainingState = {
  live: null,
  progress: null,
  waiting: [],
  runs: [],
  offers: [],
  serving: null,
  resumedFrom: null,
  givenUp: null,
  deviceChange: null,
  economy: null,
  error: null,
};

export const useTraining = create<TrainingState>(() => NOTHING);

const get = useTraining.getState;
const set = useTraining.setState;
export const DEFAULT_SEED = 1;

/** Data up to this many pairs goes on to Balanced by itself; larger data waits for a press. */
const FOLLOW_PAIRS = 1_500_000;
/** The neural model follows where it is done within so many seconds: with all before it the story ends within a minute. */
const FOLLOW_NEURAL_SECONDS = 30;

/** Between the first answer and the runs that follow by themselves. */
const BREATHER_MS = 1200;

let counter = 0;
let current: Promise<void> = Promise.resolve();
/** Raised by stopEverything: a story queued before it must not start after it. */
let generation = 0;
/** While a run is measured before it begins; a stop lowers it. */
let measuring = false;

function updateLive(change: Partial<LiveRun>): void {
  const { live } = get();
  if (live) set({ live: { ...live, ...change } });
}

const arrivals = gather<TrainEvent>((events) => {
  set(events.reduce<LiveState>(afterEvent, get()));
  if (events.some(({ kind }) => kind === 'deviceChanged')) refreshEngine().catch(() => undefined);
});

const newId = () => `run-${Date.now().toString(36)}-${++counter}`;

/** What a reload has to go on with. */
function lineOf({ live, waiting }: TrainingState): readonly QueuedRun[] {
  if (!live || live.phase === 'done') return waiting;
  const { id, request, within } = live;
  return [{ id, request, ...(within === undefined ? {} : { within }) }, ...waiting];
}

useTraining.subscribe((now, before) => {
  const ids = (state: TrainingState) => lineOf(state).map(({ id }) => id);
  if (ids(now).join() === ids(before).join()) return;
  // Where nothing can be kept the training goes on all the same.
  engine()
    .keepLine(lineOf(now))
    .catch(() => undefined);
});

/** Asks the device for a moment of it; what takes longer, or was stopped meanwhile, is offered instead. */
async function isDoneWithin(limit: number, request: TrainRequest): Promise<boolean> {
  measuring = true;
  // A device that fails here fails in the training too, which knows how to go on.
  const seconds = await engine()
    .estimate(request)
    .catch(() => 0);
  const wanted = measuring;
  measuring = false;
  if (wanted && seconds <= limit) return true;
  set({ live: null, offers: [...get().offers, { request, seconds }] });
  return false;
}

async function run(queued: QueuedRun, epochs: readonly EpochEvent[]): Promise<void> {
  const { id, request, within } = queued;
  const born = generation;
  /** Said where somebody stopped this training, not where all of them end for other data. */
  const giveUp = (left: GivenUp['left']) => {
    if (born === generation) set({ givenUp: { model: request.model, left } });
  };
  set({
    waiting: get().waiting.filter((other) => other !== queued),
    live: { id, request, phase: 'preparing', epochs, paused: false, baseline: null, within },
    progress: null,
    offers: get().offers.filter((offer) => offer.request.model !== request.model),
    error: null,
    deviceChange: null,
    economy: null,
  });
  try {
    if (within !== undefined && epochs.length === 0 && !(await isDoneWithin(within, request))) return;
    const summary = await engine().train(id, request, arrivals.add);
    arrivals.flush();
    set({ runs: [...get().runs, summary] });
    updateLive({ phase: 'done', paused: false });
    if (!makesLists(summary)) giveUp('stars');
    void keepProject();
  } catch (thrown) {
    const error = toAppError(thrown);
    arrivals.flush();
    // The end of the engine is said by itself.
    set({ live: null, progress: null, error: isAbort(error) || error.code === 'engineDied' ? null : error });
    if (isAbort(error)) giveUp('nothing');
  }
}

/** Runs what stands in `waiting` when its turn comes. `epochs`: what an earlier visit has seen of it. */
function inTurn(queued: QueuedRun, epochs: readonly EpochEvent[] = []): Promise<void> {
  const born = generation;
  current = current.then(() => (born === generation ? run(queued, epochs) : undefined));
  return current;
}

/** Work of another kind that takes its turn; false where everything in line was given up before that. */
export function inLine(work: () => Promise<void>): Promise<boolean> {
  const born = generation;
  const turn = current.then(async () => {
    if (born !== generation) return false;
    await work();
    return true;
  });
  current = turn.then(
    () => undefined,
    () => undefined,
  );
  return turn;
}

/**
 * Trains now, or after what is already in line, under the privacy settings of this moment; with `within` only if it is
 * done in so many seconds.
 */
export function train(
  model: ModelName,
  preset: Preset,
  settings: Settings = {},
  seed = DEFAULT_SEED,
  within?: number,
): Promise<void> {
  const privacy = usePrivacySettings.getState().settings;
  const queued: QueuedRun = {
    id: newId(),
    request: { model, preset, settings, seed, ...(isProtecting(privacy) ? { privacy } : {}) },
    ...(within === undefined ? {} : { within }),
  };
  set({ waiting: [...get().waiting, queued] });
  return inTurn(queued);
}

/**
 * The first answer within seconds; better ones follow by themselves where the data is small enough.
 * `?story=off` leaves everything to the person (or the bench).
 */
export function startStory(summary: DatasetSummary): void {
  if (new URLSearchParams(window.location.search).get('story') === 'off') return;
  go('train');
  void train('mf', 'quick');
  // The first lists are asked for now: a moment without competition for the processor.
  current = current.then(() => new Promise((resolve) => setTimeout(resolve, BREATHER_MS)));
  if (summary.pairs > FOLLOW_PAIRS) return;
  void train('mf', 'balanced');
  void train('neumf', 'quick', {}, DEFAULT_SEED, FOLLOW_NEURAL_SECONDS);
}

/** Trains on everything and lets it answer. */
export async function trainAndServe(model: ModelName, preset: Preset, settings: Settings = {}): Promise<void> {
  const before = new Set(get().runs);
  await train(model, preset, settings);
  const made = get().runs.findLast((run) => !before.has(run) && run.request.model === model);
  if (made) serveRun(made.id);
}

export async function pauseTraining(): Promise<void> {
  const { live } = get();
  if (!live) return;
  updateLive({ paused: true });
  await engine().pause(live.id);
}

export async function resumeTraining(): Promise<void> {
  const { live } = get();
  if (!live) return;
  updateLive({ paused: false });
  await engine().resume(live.id);
}

/** Ends the run in progress and keeps the best so far; of a model that learns in one step, which has none, nothing. */
export async function stopTraining(): Promise<void> {
  const { live } = get();
  measuring = false;
  if (live && live.phase !== 'done') await engine().stop(live.id);
}

/** Ends everything in line, for new data or deletion. */
export async function stopEverything(): Promise<void> {
  generation++;
  set({ waiting: [] });
  await stopTraining();
  await current;
}

/** Whether a run can answer: one that was stopped before it had lists has nothing but figures. */
export function makesLists(run: RunSummary): boolean {
  return run.heads.includes('choice');
}

/** The run that answers: the one chosen, else the newest factorization, else the newest. */
export function servingRun(runs: readonly RunSummary[], chosen: string | null): RunSummary | null {
  const able = runs.filter(makesLists);
  return (
    able.find((run) => run.id === chosen) ?? able.findLast((run) => run.request.model === 'mf') ?? able.at(-1) ?? null
  );
}

/** Nothing in line can be run any more; what was kept of it comes back with the next engine. */
export function dropLine(): void {
  generation++;
  set({ live: null, waiting: [] });
}

export function serveRun(id: string | null): void {
  set({ serving: id });
}

export function dismissTrainingError(): void {
  set({ error: null });
}

export function dismissDeviceChange(): void {
  set({ deviceChange: null });
}

export function dismissEconomy(): void {
  set({ economy: null });
}

export function forgetRuns(): void {
  set(NOTHING);
}

/** The runs of the last visit; what was in line goes on, the one it was interrupted in from its last kept epoch. */
export function restoreRuns({ runs, line, unfinished }: Pick<SavedProject, 'runs' | 'line' | 'unfinished'>): void {
  set({ ...NOTHING, runs, waiting: line, resumedFrom: unfinished?.epoch ?? null });
  for (const queued of line) void inTurn(queued, queued.id === unfinished?.id ? unfinished.epochs : []);
}

export function dismissGivenUp(): void {
  set({ givenUp: null });
}

export function dismissResumed(): void {
  set({ resumedFrom: null });
}
