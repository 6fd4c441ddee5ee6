/** What the engine holds between calls: the data, the fitted models, the runs. */
import { AppError } from '../base/error.ts';
import type { Interactions } from '../data/interactions.ts';
import type { ImportPlan } from '../data/plan.ts';
import type { Ratings } from '../data/ratings.ts';
import type { RejectedRows } from '../data/report.ts';
import type { ChoiceModel, TasteModel } from '../models/recommender.ts';
import type { Comparison, DatasetSummary, RunSummary } from './api.ts';

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
  /** The newest one on this data. */
  comparison: Comparison | null = null;

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
    this.comparison = null;
    this.#project = null;
  }

  add(run: TrainedRun): void {
    this.#runs.push(run);
    this.#summaries.push(run.summary);
    while (this.#runs.length > KEPT_MODELS) release(this.#runs.shift() as TrainedRun);
  }

  /** What came back from storage: figures of all runs, models of some. */
  restore(runs: readonly TrainedRun[], summaries: readonly RunSummary[], comparison: Comparison | null): void {
    this.comparison = comparison;
    this.#runs = [...runs];
    this.#summaries = [...summaries];
  }

  /** The run that answers: the one asked for, else the newest factorization, else the newest. Throws `notTrained`. */
  serving(id: string | null): TrainedRun {
    const run =
      this.#runs.find((candidate) => candidate.summary.id === id) ??
      this.#runs.findLast((candidate) => candidate.summary.request.model === 'mf') ??
      this.#runs.at(-1);
    if (!run) throw new AppError('notTrained');
    return run;
  }

  /** The newest factorization, for what only factors can answer. */
  factorization(): TrainedRun | null {
    return this.#runs.findLast((candidate) => candidate.summary.request.model === 'mf') ?? null;
  }
}

function release(run: TrainedRun): void {
  run.taste?.destroy();
  run.choice.destroy();
}
