/** What the Train page shows, worked out from runs and the live one. Pure. */
import {
  EPOCH_MODELS,
  type EpochEvent,
  type EpochModel,
  HEADS_OF,
  type Head,
  headsOn,
  type ModelName,
  PLAIN_MODELS,
  type Preset,
} from '../../models/recommender.ts';
import { MOST_SQUARE_MEGABYTES, type TableMemory } from '../../models/table-memory.ts';
import type { LiveRun, Offer } from '../../store/training.ts';
import type { QueuedRun, RunSummary, TrainRequest } from '../../worker/api/training.ts';

/** Which figure the chart draws. */
export type ChartView = 'stars' | 'hits' | 'loss';

export interface CurvePoint {
  readonly epoch: number;
  readonly train: number | null;
  readonly heldOut: number | null;
}

export interface Curve {
  readonly id: string;
  readonly model: EpochModel;
  /** Older runs are drawn paler. */
  readonly current: boolean;
  readonly points: readonly CurvePoint[];
}

/** The head a view draws. */
export const headOf = (view: ChartView): Head => (view === 'stars' ? 'taste' : 'choice');

function points(epochs: readonly EpochEvent[], view: ChartView): CurvePoint[] {
  const head = headOf(view);
  return epochs
    .filter((event) => event.head === head)
    .map((event) => ({
      epoch: event.epoch,
      train: view === 'hits' ? null : event.trainLoss,
      heldOut: view === 'loss' ? null : event.validation,
    }));
}

/** The models with a card of their own that this data can teach. */
export function modelsFor(feedback: 'explicit' | 'implicit'): readonly EpochModel[] {
  return EPOCH_MODELS.filter((model) => headsOn(feedback, model).length > 0);
}

/** The others it can teach: fitted in one step, without presets or curves. */
export function plainModelsFor(feedback: 'explicit' | 'implicit'): readonly ModelName[] {
  return PLAIN_MODELS.filter((model) => headsOn(feedback, model).length > 0);
}

/** Whether a view has a curve of a model: where it has no head of its own, a factorization's stands in, whose curve is there already. */
const isDrawn = (model: EpochModel, view: ChartView) => HEADS_OF[model].includes(headOf(view));

/** The newest curve of each model, the live one first in line, and the older runs that were ticked. */
export function curvesFor(
  view: ChartView,
  live: LiveRun | null,
  runs: readonly RunSummary[],
  ticked: ReadonlySet<string>,
): Curve[] {
  const curves: Curve[] = [];
  for (const model of EPOCH_MODELS.filter((name) => isDrawn(name, view))) {
    const liveNow = live?.request.model === model && live.epochs.length > 0 ? live : null;
    const newest = runs.findLast((run) => run.request.model === model);
    const shown = liveNow ?? newest;
    if (shown) curves.push({ id: shown.id, model, current: true, points: points(shown.epochs, view) });
    for (const run of runs) {
      if (run.request.model === model && run.id !== shown?.id && ticked.has(run.id)) {
        curves.push({ id: run.id, model, current: false, points: points(run.epochs, view) });
      }
    }
  }
  return curves.filter((curve) => curve.points.length > 0);
}

/** Seconds left in the phase that is running, from the pace of its last epochs; null while unknown. */
export function secondsLeft(epochs: readonly EpochEvent[]): number | null {
  const last = epochs.at(-1);
  if (!last) return null;
  const recent = epochs.filter((event) => event.head === last.head).slice(-5);
  const pace = recent.reduce((sum, event) => sum + event.seconds, 0) / recent.length;
  return pace * (last.epochs - last.epoch);
}

/** How the newest run of a model stands. */
export type ModelState =
  /** `offer`: it would have followed by itself, but takes long here. */
  | { readonly kind: 'idle'; readonly offer: Offer | null }
  | { readonly kind: 'waiting'; readonly request: TrainRequest }
  | { readonly kind: 'running'; readonly run: LiveRun }
  | { readonly kind: 'done'; readonly summary: RunSummary };

export function modelState(
  model: ModelName,
  live: LiveRun | null,
  waiting: readonly QueuedRun[],
  runs: readonly RunSummary[],
  offers: readonly Offer[],
): ModelState {
  if (live?.request.model === model && live.phase !== 'done') return { kind: 'running', run: live };
  const next = waiting.find(({ request }) => request.model === model);
  if (next) return { kind: 'waiting', request: next.request };
  const summary = runs.findLast((run) => run.request.model === model);
  if (summary) return { kind: 'done', summary };
  return { kind: 'idle', offer: offers.find(({ request }) => request.model === model) ?? null };
}

/** The preset a card shows: of what runs or waits; else the one picked; else that of the last run or of what is offered. */
export function shownPreset(state: ModelState, picked: Preset | null): Preset {
  if (state.kind === 'running') return state.run.request.preset;
  if (state.kind === 'waiting') return state.request.preset;
  if (picked !== null) return picked;
  return (state.kind === 'done' ? state.summary.request.preset : state.offer?.request.preset) ?? 'balanced';
}

/** Seconds as exact as an estimate is: tens of them, from a minute on whole minutes. */
export function roughly(seconds: number): number {
  const grain = seconds < 55 ? 10 : 60;
  return Math.max(grain, Math.round(seconds / grain) * grain);
}

/** What stars are held against: the product's own average, or means of product and person where that is unknown. */
export type StarsBaseline = 'ownMean' | 'means';

/** The dashed line of a view: what the model has to beat. Null while unknown and for losses, which have none. */
export function baselineOf(
  view: ChartView,
  live: LiveRun | null,
  runs: readonly RunSummary[],
): { readonly of: StarsBaseline | 'popular'; readonly value: number } | null {
  if (view === 'loss') return null;
  const last = runs.at(-1);
  if (view === 'hits') {
    const value = live?.baseline?.recall10 ?? last?.popularityRecall10 ?? null;
    return value === null ? null : { of: 'popular', value };
  }
  const ownMean = live?.baseline?.itemMeanRmse ?? last?.itemMeanRmse ?? null;
  if (ownMean !== null) return { of: 'ownMean', value: ownMean };
  const means = live?.baseline?.rmse ?? last?.baselineRmse ?? null;
  return means === null ? null : { of: 'means', value: means };
}

/** The finding of the page, as a key of train.json and its numbers. */
export type Verdict =
  | { readonly kind: 'ready' }
  | { readonly kind: 'learning' }
  | { readonly kind: 'stars'; readonly mae: number; readonly closer: number; readonly than: StarsBaseline }
  | { readonly kind: 'starsWorse'; readonly mae: number; readonly than: StarsBaseline }
  | { readonly kind: 'hits'; readonly hits: number; readonly times: number }
  | { readonly kind: 'hitsSame' | 'hitsFewer'; readonly hits: number };

/** How lists compare with naming what is popular: what is nearer than this is no difference. */
const LISTS_DIFFER = 0.05;

function againstPopular({ recall10, popularityRecall10 }: RunSummary): 'more' | 'same' | 'fewer' {
  // Anything that would be written "1.0 times" is no more than a bestseller list.
  if (recall10 >= popularityRecall10 * (1 + LISTS_DIFFER) && recall10 > 0) return 'more';
  return recall10 < popularityRecall10 * (1 - LISTS_DIFFER) ? 'fewer' : 'same';
}

/** What share of the held-out choices the lists of a run find, and what a list of the most popular things would. */
export interface ListsVerdict {
  readonly kind: 'more' | 'same' | 'fewer';
  readonly found: number;
  readonly popular: number;
}

/** How the lists did beside the stars that the headline speaks of; null without ratings, or where nothing was held out. */
export function listsVerdict(run: RunSummary | null): ListsVerdict | null {
  if (run === null || run.mae === null || run.testCustomers === 0) return null;
  return { kind: againstPopular(run), found: run.recall10, popular: run.popularityRecall10 };
}

/** The best validation figure a run reached in one head; the test part is never used to choose. */
function bestValidation(run: RunSummary, head: Head): number {
  const figures = run.epochs.flatMap((event) =>
    event.head === head && event.validation !== null ? [event.validation] : [],
  );
  if (figures.length === 0) return Number.NEGATIVE_INFINITY;
  return head === 'taste' ? -Math.min(...figures) : Math.max(...figures);
}

function bestBy(runs: readonly RunSummary[], head: Head): RunSummary {
  return runs.reduce((a, b) => (bestValidation(b, head) > bestValidation(a, head) ? b : a));
}

/** What the run that did best on validation shows on test: stars where there are stars, otherwise hits in a list of ten. */
export function verdict(runs: readonly RunSummary[], live: LiveRun | null): Verdict {
  if (runs.length === 0) return { kind: live ? 'learning' : 'ready' };
  const judged = runs.filter((run) => run.mae !== null && run.baselineMae !== null);
  if (judged.length > 0) {
    const best = bestBy(judged, 'taste');
    const mae = best.mae as number;
    const than: StarsBaseline = best.itemMeanMae === null ? 'means' : 'ownMean';
    const baseline = (best.itemMeanMae ?? best.baselineMae) as number;
    return mae < baseline
      ? { kind: 'stars', mae, closer: 1 - mae / baseline, than }
      : { kind: 'starsWorse', mae, than };
  }
  const best = bestBy(runs, 'choice');
  const lists = againstPopular(best);
  if (lists === 'more') {
    return { kind: 'hits', hits: best.hitsOfTen, times: best.recall10 / best.popularityRecall10 };
  }
  return { kind: lists === 'same' ? 'hitsSame' : 'hitsFewer', hits: best.hitsOfTen };
}

/** Less than this matters to nobody. */
const NOTEWORTHY_MEGABYTES = 10;

/** What is said of the memory of a model, as a key of train.json and its numbers. */
export interface MemoryNote {
  readonly say: 'lists' | 'listsOfSome' | 'blend' | 'products' | 'customers' | 'productsTooLarge' | 'customersTooLarge';
  /** As the engine counts them, which refuses a table in the same numbers. */
  readonly megabytes: number;
  /** What a table may take. */
  readonly mostMegabytes: number;
  readonly rows: number;
}

/** null where there is no table, or a small one. */
export function memoryNote(model: ModelName, table: TableMemory | null): MemoryNote | null {
  if (!table || table.megabytes < NOTEWORTHY_MEGABYTES) return null;
  const { rows, megabytes } = table;
  return { say: sayOf(model, table), rows, megabytes, mostMegabytes: MOST_SQUARE_MEGABYTES };
}

function sayOf(model: ModelName, { head, of, leftOut, tooLarge }: TableMemory): MemoryNote['say'] {
  if (model === 'hybrid') return 'blend';
  if (head === 'choice') return leftOut > 0 ? 'listsOfSome' : 'lists';
  return tooLarge ? `${of}TooLarge` : of;
}
