/** What the engine holds between calls: the data, the fitted models, the runs. */
import { AppError } from '../base/error.ts';
import type { Interactions } from '../data/interactions.ts';
import type { ImportPlan } from '../data/plan.ts';
import { samePrivacy } from '../data/protect.ts';
import type { Ratings } from '../data/ratings.ts';
import type { RejectedRows } from '../data/report.ts';
import type { ChoiceModel, TasteModel } from '../models/recommender.ts';
import type { Comparison, TestFile } from './api/comparing.ts';
import type { DatasetSummary } from './api/data.ts';
import type { RunSummary } from './api/training.ts';
import type { TestPart } from './api/trials.ts';
import type { Tuning } from './api/tuning.ts';

export interface Project {
  readonly interactions: Interactions;
  readonly ratings: Ratings;
  readonly rejected: RejectedRows;
  readonly plan: ImportPlan;
  readonly summary: DatasetSummary;
}

/** What one run serves with: fitted on everything. */
export interface TrainedRun {
  readonly summary: RunSummary;
  readonly taste: TasteModel | null;
  readonly choice: ChoiceModel;
}

/** Models of older runs are let go (their figures stay); each costs (customers + products) × factors × 4 bytes and more. */
const KEPT_MODELS = 6;

export class Session {
  #project: Project | null = null;
  #runs: TrainedRun[] = [];
  #summaries: RunSummary[] = [];
  /** Those on this data that are kept, newest first. */
  comparisons: readonly Comparison[] = [];
  /** The newest search for settings on this data. */
  tuning: Tuning | null = null;
  /** A test part of the person's own; not kept over a reload. */
  testFile: { readonly file: TestFile; readonly part: TestPart } | null = null;

  get project(): Project {
    if (!this.#project) throw new AppError('noLogTable');
    return this.#project;
  }

  get hasProject(): boolean {
    return this.#project !== null;
  }

  get summaries(): readonly RunSummary[] {
    return this.#summaries;
  }

  get runs(): readonly TrainedRun[] {
    return this.#runs;
  }

  /** Replaces the data; everything trained on the old data goes. */
  open(project: Project): void {
    this.close();
    this.#project = project;
  }

  close(): void {
    for (const run of this.#runs) release(run);
    this.#runs = [];
    this.#summaries = [];
    this.comparisons = [];
    this.tuning = null;
    this.testFile = null;
    this.#project = null;
  }

  add(run: TrainedRun): void {
    this.#runs.push(run);
    this.#summaries.push(run.summary);
    while (this.#runs.length > KEPT_MODELS) release(this.#runs.shift() as TrainedRun);
  }

  /** A run of which nothing serves: its figures stay. */
  note(summary: RunSummary): void {
    this.#summaries.push(summary);
  }

  /** What came back from storage: figures of all runs, models of some. */
  restore(runs: readonly TrainedRun[], summaries: readonly RunSummary[], comparisons: readonly Comparison[]): void {
    this.comparisons = comparisons;
    this.#runs = [...runs];
    this.#summaries = [...summaries];
  }

  /**
   * The run that answers: the one asked for, else the newest factorization, else the newest. For one of which only the
   * figures are left another stands in that learned under the same privacy settings. Throws `notTrained`, `modelMissing`.
   */
  serving(id: string | null): TrainedRun {
    const asked = this.#summaries.find((summary) => summary.id === id);
    const able = asked
      ? this.#runs.filter(({ summary }) => samePrivacy(asked.request.privacy, summary.request.privacy))
      : this.#runs;
    const run =
      able.find((candidate) => candidate.summary.id === id) ??
      able.findLast((candidate) => candidate.summary.request.model === 'mf') ??
      able.at(-1);
    if (!run) throw new AppError(this.#runs.length > 0 ? 'modelMissing' : 'notTrained');
    return run;
  }

  /**
   * The newest factorization beside a run, for what only factors can answer: one that learned from the same, so that what
   * that run was kept from is not told by another.
   */
  factorization(beside: TrainedRun): TrainedRun | null {
    return (
      this.#runs.findLast(
        ({ summary: { request } }) =>
          request.model === 'mf' && samePrivacy(request.privacy, beside.summary.request.privacy),
      ) ?? null
    );
  }
}

function release(run: TrainedRun): void {
  run.taste?.destroy();
  run.choice.destroy();
}
