/**
 * What the page may ask of the engine worker. Everything here crosses `postMessage`: plain values and
 * typed arrays, never matrices of the whole data. Every call may reject with an AppError; every call
 * with a `signal` may be cancelled. Product and customer numbers are rows of the tables in Interactions.
 */
import type { OnProgress, Tell } from '../base/progress.ts';
import type { DeviceFinding, DeviceKind } from '../compute/device.ts';
import type { ImportProposal } from '../data/plan.ts';
import type { PrivacySettings } from '../data/protect.ts';
import type { HeatmapRequest, HeatmapResult, PairDetail, SimilarRow } from '../insight/heatmap-types.ts';
import type { ModelName, Preset } from '../models/recommender.ts';
import type { RerankSettings } from '../models/rerank-settings.ts';
import type { CustomerCard, CustomerProfile, FoundProducts, ProductCard, ProductCategory } from './api/catalogue.ts';
import type { CompareEvent, CompareRequest, Comparison, TestFile } from './api/comparing.ts';
import type { DatasetSummary, ImportInput, ProposalChange } from './api/data.ts';
import type { EngineReport } from './api/device.ts';
import type {
  Counterfactual,
  CounterfactualRequest,
  NextQuestion,
  QuestionRequest,
  RecommendationList,
  RecommendRequest,
  TopCustomers,
  TopCustomersRequest,
} from './api/lists.ts';
import type { MapQuestion } from './api/map.ts';
import type { ExportRequest, SavedProject } from './api/project.ts';
import type {
  ColdStart,
  ColdStartRequest,
  LearnedShare,
  PriceAnswer,
  PriceRequest,
  PrivacyPriceAnswer,
} from './api/quality.ts';
import type { QueuedRun, RunSummary, SettingField, TrainEvent, TrainRequest } from './api/training.ts';
import type { TrialOutcome, TrialRequest } from './api/trials.ts';
import type { TuneEvent, TuneRequest, Tuning } from './api/tuning.ts';

export interface EngineApi {
  /** Finds and chooses a device and fetches all code that may be needed later; call before data comes in. `threads` null: as many as suit the machine. */
  prepare(kind: DeviceKind | 'auto', threads: number | null): Promise<EngineReport>;
  engine(): Promise<EngineReport>;
  chooseDevice(kind: DeviceKind | 'auto'): Promise<EngineReport>;
  /** Runs the self-test of one device and measures its speed. */
  testDevice(kind: DeviceKind): Promise<DeviceFinding>;
  /** Whether trainings from now on let the graphics card read factors in 16 bits; where it can, `chosen.halfReads` says. */
  setHalfReads(on: boolean): Promise<EngineReport>;

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
  /** Of those that are kept, the one made at that moment is kept no longer; the next `save` writes it so. */
  removeComparison(madeAt: number): Promise<void>;
  /** Reads a test part of the person's own; it is kept until another one or other data comes in. */
  readTestFile(inputs: readonly ImportInput[], onProgress: OnProgress, signal: AbortSignal): Promise<TestFile>;
  /** Searches the settings of one head. Resolves with what was found by then when `stopTuning` is called. */
  tune(request: TuneRequest, onEvent: (event: TuneEvent) => void): Promise<Tuning>;
  stopTuning(): Promise<void>;
  trial(request: TrialRequest, onEvent: (event: TrainEvent) => void): Promise<TrialOutcome>;
  pause(run: string): Promise<void>;
  resume(run: string): Promise<void>;
  /** Keeps the best so far; the pending `train` resolves. Rejects with `cancelled` where nothing was learned by then. */
  stop(run: string): Promise<void>;

  searchCustomers(query: string, limit: number): Promise<readonly CustomerCard[]>;
  searchProducts(query: string, limit: number): Promise<readonly ProductCard[]>;
  customerById(id: string): Promise<CustomerProfile>;
  customer(customer: number): Promise<CustomerProfile>;
  recommend(request: RecommendRequest): Promise<RecommendationList>;
  /** The customers likeliest to want a product they do not have. */
  topCustomers(request: TopCustomersRequest, onProgress: OnProgress, signal: AbortSignal): Promise<TopCustomers>;
  /** null where the model that answers knows histories only as they were. */
  standWithout(request: CounterfactualRequest): Promise<Counterfactual | null>;
  /** null where nothing is left to ask. The same answers lead to the same question. */
  nextQuestion(request: QuestionRequest): Promise<NextQuestion | null>;
  /** Fits anew without a tenth of the customers, or of the products; rejects with `nothingToTest` where nobody did enough. */
  measureColdStart(request: ColdStartRequest, onProgress: OnProgress, signal: AbortSignal): Promise<ColdStart>;

  /** Fits the run's recommender on a part of the data the first time, and has it stand ready for more. `onShare` learns the share that is done. */
  priceOfSettings(request: PriceRequest, onShare: Tell, signal: AbortSignal): Promise<PriceAnswer>;
  /** Keeps how lists are re-ordered beside the project; a failure is not told. */
  keepReshape(settings: RerankSettings): Promise<void>;
  /** What was chosen for the data in hand, in this visit or an earlier one; neutral for other data. */
  keptReshape(): Promise<RerankSettings>;
  learnedShare(privacy: PrivacySettings): Promise<LearnedShare>;
  /** Fits the recommender of the run that answers (a quick factorization where there is none) anew under each of a few settings, on a part of the data. */
  priceOfPrivacy(run: string | null, onProgress: OnProgress, signal: AbortSignal): Promise<PrivacyPriceAnswer>;
  /** Keeps what is not learned from beside the project; a failure is not told. */
  keepPrivacy(settings: PrivacySettings): Promise<void>;
  /** What was chosen for the data in hand, in this visit or an earlier one; no privacy for other data. */
  keptPrivacy(): Promise<PrivacySettings>;
  productCategories(): Promise<readonly ProductCategory[]>;
  /** Cards of products by row, in that order; rows that do not exist are passed over. */
  productCards(products: readonly number[]): Promise<readonly ProductCard[]>;
  /** Products by the ids of the data. */
  findProducts(ids: readonly string[]): Promise<FoundProducts>;

  heatmap(request: HeatmapRequest, onProgress: OnProgress, signal: AbortSignal): Promise<HeatmapResult>;
  pairDetail(of: MapQuestion, a: number, b: number): Promise<PairDetail>;
  mostSimilar(of: MapQuestion, row: number, count: number, signal: AbortSignal): Promise<readonly SimilarRow[]>;

  exportLists(request: ExportRequest, onProgress: OnProgress, signal: AbortSignal): Promise<Blob>;

  /** Keeps the project in the browser's own storage, and waits for the settings beside it; rejects with `storageFull` or `storageUnavailable`, nothing open is touched. */
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
