/**
 * What the page may ask of the engine worker. Everything here crosses `postMessage`: plain values and
 * typed arrays, never matrices of the whole data. Every call may reject with an AppError; every call
 * with a `signal` may be cancelled. Product and customer numbers are rows of the tables in Interactions.
 */
import type { OnProgress } from '../base/progress.ts';
import type { DeviceFinding, DeviceInfo, DeviceKind, SweepTiming } from '../compute/device.ts';
import type { Feedback, ImportProposal, Role, TableUse } from '../data/plan.ts';
import type { Portrait } from '../data/portrait.ts';
import type { CleaningReport } from '../data/report.ts';
import type { SplitKind } from '../data/split.ts';
import type { ComparisonResult, EntrantResult, EntrantState } from '../evaluate/comparison-result.ts';
import type { Economy, TrialFigures, TrialProgress } from '../evaluate/protocol.ts';
import type {
  HeatmapRequest,
  HeatmapResult,
  PairDetail,
  Side,
  SimilarityMeasure,
  SimilarRow,
} from '../insight/heatmap-types.ts';
import type { Solver } from '../models/mf-taste-options.ts';
import type { EpochEvent, Head, ModelName, Preset } from '../models/recommender.ts';

// ── the engine card ─────────────────────────────────────────────────────────────────────────────

export interface EngineReport {
  /** In order of preference. */
  readonly findings: readonly DeviceFinding[];
  readonly chosen: DeviceInfo;
  /** Set when the choice was made by hand or by ?device=. */
  readonly byHand: boolean;
  readonly isolated: boolean;
  readonly cores: number;
  /** What the chosen device's last sweep of a training took by its own clock; null where there was none, or it has none. */
  readonly timing: SweepTiming | null;
}

// ── data ────────────────────────────────────────────────────────────────────────────────────────

export type SampleName = 'gift-shop' | 'books';

export type ImportInput =
  | {
      readonly kind: 'file';
      readonly file: File /** path inside a dropped folder, or the name */;
      readonly path: string;
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'sample'; readonly sample: SampleName };

/** One thing the person changed on the import screen. */
export interface ProposalChange {
  readonly source: string;
  readonly hasHeader?: boolean;
  readonly use?: TableUse;
  readonly column?: number;
  readonly role?: Role;
  readonly feedback?: Feedback;
  /** Share of the customers to be read of a log that is too large; 1 for all of them. */
  readonly sample?: number;
}

/** What the words on screen are built from: "readers" and "books" rather than "users" and "items". */
export type ThingWord = 'product' | 'film' | 'book' | 'artist' | 'song' | 'game';
export type PersonWord = 'customer' | 'viewer' | 'reader' | 'listener' | 'player';
/** What one kept row is. */
export type ActionWord = 'rating' | 'purchase' | 'play' | 'event' | 'choice';

/** What came in: the portrait of the data, what it is called, and what became of every row. */
export interface DatasetSummary extends Portrait {
  readonly name: string;
  readonly thing: ThingWord;
  readonly person: PersonWord;
  readonly action: ActionWord;
  readonly report: CleaningReport;
  /** From the press that started the import to the data being ready, ms. */
  readonly importMs: number;
  /** Which column was what: `ratings.csv › user_id` by role. */
  readonly roles: Readonly<Partial<Record<Role, readonly string[]>>>;
}

// ── training ────────────────────────────────────────────────────────────────────────────────────

/**
 * Hyperparameters a person changed, by `head.name`; a name without head counts for both heads.
 * See models/ for units and defaults.
 */
export type Settings = Readonly<Record<string, number>>;

/** One hyperparameter of a preset, for the advanced fold. */
export interface SettingField {
  /** `taste.factors`: what `Settings` calls it. */
  readonly key: string;
  readonly head: Head;
  readonly name: string;
  /** The preset's value for the data in hand. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** 1 for whole numbers, else the step of the arrows. */
  readonly step: number;
}

export interface TrainRequest {
  readonly model: ModelName;
  readonly preset: Preset;
  /** Changes to the preset; empty for none. */
  readonly settings: Settings;
  readonly seed: number;
  /** How the factorization finds its predicted stars, with that solver's settings; the preset's choice without it. */
  readonly solver?: Solver;
}

/** A run in line; its id is what `train` is called with when its turn comes. */
export interface QueuedRun {
  readonly id: string;
  readonly request: TrainRequest;
  /** It follows by itself: only if it is done within so many seconds here, as far as a moment of it tells. */
  readonly within?: number;
}

/** What one run learned about itself. All figures are of the held-out test part, scored once. */
export interface RunSummary extends TrialFigures {
  readonly id: string;
  readonly request: TrainRequest;
  readonly heads: readonly Head[];
  readonly device: DeviceInfo;
  readonly epochs: readonly EpochEvent[];
}

/** Why another device goes on: the one before is gone, has no room for this, or lost one of its threads. */
export type DeviceChangeReason = 'lost' | 'memory' | 'thread';

export type TrainEvent =
  | {
      readonly kind: 'phase';
      readonly run: string;
      readonly phase: 'preparing' | 'taste' | 'choice' | 'scoring' | 'refitting' | 'done';
    }
  | { readonly kind: 'epochs'; readonly run: string; readonly epochs: readonly EpochEvent[] }
  /** At most four a second, at least two while anything is worked at that can say how far it is. */
  | { readonly kind: 'progress'; readonly run: string; readonly progress: TrialProgress }
  | {
      readonly kind: 'baseline';
      readonly run: string;
      readonly rmse: number | null;
      readonly itemMeanRmse: number | null;
      readonly recall10: number;
    }
  | {
      readonly kind: 'deviceChanged';
      readonly run: string;
      readonly why: DeviceChangeReason;
      readonly from: DeviceKind;
      readonly to: DeviceKind;
      readonly epoch: number;
    }
  /** After `smaller` the epochs of that head begin anew. */
  | { readonly kind: 'economy'; readonly run: string; readonly economy: Economy };

// ── measuring ───────────────────────────────────────────────────────────────────────────────────

/** One measured fit for the bench: chosen heads, chosen protocol, nothing kept. */
export interface TrialRequest {
  readonly train: TrainRequest;
  readonly heads: readonly Head[];
  readonly split: SplitKind;
  readonly holdout: number;
  /** Ratings below this are left out before anything else; null keeps all. */
  readonly minRating: number | null;
  /** A published test part by external ids, instead of a split. Pairs with ids the training part lacks are scored too, and counted. */
  readonly test: {
    readonly customers: readonly string[];
    readonly products: readonly string[];
    readonly values: readonly number[];
  } | null;
  /** Adds test figures to each epoch; nothing ever looks at them to decide. */
  readonly testPerEpoch: boolean;
  /** Scores what was fitted on the training part alone, even where training + validation would be cheap. */
  readonly strict?: boolean;
}

export interface TrialOutcome {
  readonly summary: RunSummary;
  /** Training pairs. */
  readonly nnz: number;
  readonly unknownTestPairs: number;
  /** Share of held-out ratings inside their 90 % interval; null where the model gives none. */
  readonly intervalCoverage: number | null;
  /** Ten things for each of five fixed customers (the first, the last and three between). */
  readonly top: Readonly<Record<string, readonly string[]>>;
}

// ── comparing ───────────────────────────────────────────────────────────────────────────────────

/** One line of the leaderboard. */
export interface EntrantRequest {
  /** The page's own name for it; unique within a comparison. */
  readonly id: string;
  readonly model: ModelName;
  readonly preset: Preset;
  readonly settings: Settings;
}

export interface CompareRequest {
  readonly entrants: readonly EntrantRequest[];
  readonly split: SplitKind;
  readonly holdout: number;
  readonly seed: number;
  /** The length of a list. */
  readonly length: number;
}

export type CompareEvent =
  | {
      readonly kind: 'entrant';
      readonly id: string;
      readonly state: EntrantState;
      /** Of one that is done or failed. */
      readonly result: EntrantResult | null;
    }
  /** Share of an entrant, 0 to 1, several times a second; id null: of holding a part out, before the first. */
  | { readonly kind: 'progress'; readonly id: string | null; readonly share: number };

/** A comparison as it is kept: what was asked, and what came out. */
export interface Comparison {
  readonly request: CompareRequest;
  readonly result: ComparisonResult;
  readonly madeAt: number;
}

// ── asking ──────────────────────────────────────────────────────────────────────────────────────

export interface ProductCard {
  readonly product: number;
  readonly id: string;
  /** The id where no title is known. */
  readonly title: string;
  /** Author, genres, category: one short line, '' where nothing is known. */
  readonly detail: string;
  readonly count: number;
}

export interface CustomerCard {
  readonly customer: number;
  readonly id: string;
  /** What the page calls them: a name where one is known, else the id. */
  readonly label: string;
  readonly count: number;
}

export interface HistoryEntry {
  readonly product: ProductCard;
  /** The rating, or the number of units. */
  readonly value: number;
  /** ms since 1970, null where unknown */
  readonly time: number | null;
}

export interface Recommendation {
  readonly product: ProductCard;
  /** The choice head's score (what the order is by). */
  readonly score: number;
  /** Predicted stars; null for implicit data or a model without a taste head. */
  readonly stars: number | null;
  /** Half width of the 90 % interval of a rating, noise of ratings included; null where unknown. */
  readonly starsInterval: number | null;
  /** null where the model gives none. */
  readonly reasons: {
    /** They add up to the score. Otherwise each is how far the score falls without it, and `baseline` and `others` say nothing. */
    readonly exact: boolean;
    readonly baseline: number;
    /** Largest first, at most three; the rest of the history is summed in `others`. */
    readonly because: readonly { readonly product: ProductCard; readonly amount: number }[];
    readonly others: number;
    readonly othersCount: number;
    readonly sum: number;
  } | null;
}

/** What a person would have had to do differently. Whole histories are replaced when `fromNothing`. */
export interface WhatIf {
  readonly liked: readonly number[];
  readonly disliked: readonly number[];
}

export interface RecommendRequest {
  /** null: a new customer, known only by `whatIf`. */
  readonly customer: number | null;
  readonly whatIf: WhatIf;
  readonly count: number;
  /** Which run's models answer; null: the latest factorization. */
  readonly run: string | null;
}

/** "And without this?", asked of one suggestion. */
export interface CounterfactualRequest extends Omit<RecommendRequest, 'count'> {
  readonly product: number;
  /** Something of the history. */
  readonly without: number;
}

/** Places from 1 among everything the customer does not have; null where it would not be listed at all. */
export interface Counterfactual {
  readonly before: number | null;
  readonly after: number | null;
}

export interface RecommendationList {
  readonly items: readonly Recommendation[];
  readonly similarCustomers: readonly { readonly customer: CustomerCard; readonly similarity: number }[];
  /** How long solving and ranking took. */
  readonly milliseconds: number;
  readonly model: ModelName;
}

export interface CustomerProfile {
  readonly customer: CustomerCard;
  /** Rated highest / bought most first, at most 200. */
  readonly history: readonly HistoryEntry[];
  readonly historyCount: number;
  readonly meanRating: number | null;
  readonly overallMean: number | null;
  readonly firstTime: number | null;
  readonly lastTime: number | null;
  readonly units: number | null;
  readonly spend: number | null;
  /** Share (0…1) of this customer's actions and of everyone's in each category, most distinctive first, at most 6. */
  readonly categories: readonly { readonly name: string; readonly share: number; readonly everyone: number }[];
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}

// ── the heatmap ─────────────────────────────────────────────────────────────────────────────────

export type {
  Dendrogram,
  HeatmapGroup,
  HeatmapRequest,
  HeatmapResult,
  PairDetail,
  Side,
  SimilarityMeasure,
  SimilarRow,
} from '../insight/heatmap-types.ts';

// ── export, storage, privacy ────────────────────────────────────────────────────────────────────

export interface ExportRequest {
  readonly count: number;
  readonly run: string | null;
}

/** The project kept in the browser's own storage. */
export interface SavedProject {
  readonly summary: DatasetSummary;
  readonly runs: readonly RunSummary[];
  /** The newest one; null where none was made. */
  readonly comparison: Comparison | null;
  readonly savedAt: number;
  /** The runs in line when the tab was closed, in order, the one in progress first. */
  readonly line: readonly QueuedRun[];
  /** How far the first of them had come, where a checkpoint was kept: `train` with its id goes on from there. */
  readonly unfinished: {
    readonly id: string;
    readonly epochs: readonly EpochEvent[];
    readonly epoch: number;
  } | null;
}

export interface EngineApi {
  /** Finds and chooses a device and fetches all code that may be needed later; call before data comes in. `threads` null: as many as suit the machine. */
  prepare(kind: DeviceKind | 'auto', threads: number | null): Promise<EngineReport>;
  engine(): Promise<EngineReport>;
  chooseDevice(kind: DeviceKind | 'auto'): Promise<EngineReport>;
  /** Runs the self-test of one device and measures its speed. */
  testDevice(kind: DeviceKind): Promise<DeviceFinding>;

  /** Makes the GPU in use go away, as a driver reset would: for the drill and its tests. Nothing happens on a processor. */
  loseDevice(): Promise<void>;

  inspect(inputs: readonly ImportInput[], onProgress: OnProgress, signal: AbortSignal): Promise<ImportProposal>;
  /** The proposal again after the person changed how a table is read, what it is for, or what a column means. */
  reinspect(change: ProposalChange): Promise<ImportProposal>;
  /** Reads everything by the current proposal. The project in hand stays until the new one is whole. */
  load(onProgress: OnProgress, signal: AbortSignal): Promise<DatasetSummary>;
  /** The rejected rows of the current data as CSV, with line number and reason. */
  rejectedRows(): Promise<Blob>;

  /** Every hyperparameter of a model under a preset, as the data in hand would have it. */
  settings(model: ModelName, preset: Preset): Promise<readonly SettingField[]>;
  train(run: string, request: TrainRequest, onEvent: (event: TrainEvent) => void): Promise<RunSummary>;
  /** Seconds a training would take on the device in use if every epoch is run: measured on a small part of the data. */
  estimate(request: TrainRequest): Promise<number>;
  /** Says what is in line, the run in progress first, so that a reload can go on with all of it. */
  keepLine(line: readonly QueuedRun[]): Promise<void>;
  /** Every entrant on the same split, one after another. Resolves with what is done when `stopComparing` is called. */
  compare(request: CompareRequest, onEvent: (event: CompareEvent) => void): Promise<Comparison>;
  stopComparing(): Promise<void>;
  trial(request: TrialRequest, onEvent: (event: TrainEvent) => void): Promise<TrialOutcome>;
  pause(run: string): Promise<void>;
  resume(run: string): Promise<void>;
  /** Keeps the best so far; the pending `train` resolves. */
  stop(run: string): Promise<void>;

  searchCustomers(query: string, limit: number): Promise<readonly CustomerCard[]>;
  searchProducts(query: string, limit: number): Promise<readonly ProductCard[]>;
  customerById(id: string): Promise<CustomerProfile>;
  customer(customer: number): Promise<CustomerProfile>;
  recommend(request: RecommendRequest): Promise<RecommendationList>;
  /** null where the model that answers knows histories only as they were. */
  standWithout(request: CounterfactualRequest): Promise<Counterfactual | null>;

  heatmap(request: HeatmapRequest, onProgress: OnProgress, signal: AbortSignal): Promise<HeatmapResult>;
  pairDetail(side: Side, measure: SimilarityMeasure, a: number, b: number): Promise<PairDetail>;
  mostSimilar(side: Side, measure: SimilarityMeasure, row: number, count: number): Promise<readonly SimilarRow[]>;

  exportLists(request: ExportRequest, onProgress: OnProgress, signal: AbortSignal): Promise<Blob>;

  /** Keeps the project in the browser's own storage; rejects with `storageFull` or `storageUnavailable`, nothing open is touched. */
  save(): Promise<void>;
  /** The last project, or null. A damaged one is rejected with `projectDamaged`. */
  restore(): Promise<SavedProject | null>;
  erase(): Promise<void>;
  /** Network requests this worker and its threads have made since data came in. */
  requestCount(): Promise<number>;
  /** Tries to reach `address` by fetch and by WebSocket from this worker and its threads; says which got through. For the privacy proof and its tests. */
  tryToGetOut(
    address: string,
  ): Promise<readonly { readonly from: string; readonly how: 'fetch' | 'websocket'; readonly refused: boolean }[]>;
}
