/** The project to and from the browser's own storage. */
import { AppError, toAppError } from '../base/error.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { NO_PRIVACY, unlistedBy } from '../data/protect.ts';
import { toRatings } from '../data/ratings.ts';
import type { RejectedRows } from '../data/report.ts';
import { barring } from '../models/barred.ts';
import type { Model } from '../models/recommender.ts';
import { readProject, setProjectAside, writeProject } from '../storage/opfs.ts';
import { packProject, type StoredProject, type StoredRun, unpackProject } from '../storage/project.ts';
import type { Comparison } from './api/comparing.ts';
import type { DatasetSummary } from './api/data.ts';
import type { SavedProject } from './api/project.ts';
import type { RunSummary } from './api/training.ts';
import { keptComparisons } from './kept-comparison.ts';
import { isKeptRun } from './kept-run.ts';
import { keptTuning } from './kept-tuning.ts';
import type { Project, Session, TrainedRun } from './session.ts';
import { choiceFromBytes, tasteFromBytes } from './stored-models.ts';

/** More rejected text than this is not kept over a reload (the counts are). */
const REJECTED_BYTES_KEPT = 32e6;

function rejectedBytes(rejected: RejectedRows): Uint8Array {
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (const piece of rejected.csv()) {
    const bytes = encoder.encode(piece);
    total += bytes.length;
    if (total > REJECTED_BYTES_KEPT) return new Uint8Array(0);
    pieces.push(bytes);
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const bytes of pieces) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

function storedRejected(bytes: Uint8Array, count: number): RejectedRows {
  return { count, csv: () => [new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)] };
}

/**
 * Larger models are not kept over a reload, their figures are: every save writes all of them, and neighbours of ten
 * thousand products alone are 200 MB. The largest EASE is 100 MB.
 */
export const MOST_MODEL_BYTES = 128e6;

/** A model as it is kept; null for none, and for one that is too large. */
export function keptBytes(model: Pick<Model, 'toBytes'> | null | undefined): Uint8Array | null {
  const bytes = model?.toBytes() ?? null;
  return bytes && bytes.length <= MOST_MODEL_BYTES ? bytes : null;
}

/** Writes everything that is open. Throws `storageFull`, `storageUnavailable`. */
export async function saveProject(session: Session): Promise<void> {
  if (!session.hasProject) return;
  const { interactions, plan, summary, rejected } = session.project;
  const models = new Map(session.runs.map((run) => [run.summary.id, run]));
  const runs = session.summaries.map((run): StoredRun<RunSummary> => {
    const trained = models.get(run.id);
    return { summary: run, choice: keptBytes(trained?.choice), taste: keptBytes(trained?.taste) };
  });
  await writeProject(
    packProject<DatasetSummary, RunSummary, Comparison>({
      savedAt: Date.now(),
      plan,
      summary,
      interactions,
      rejected: rejectedBytes(rejected),
      rejectedCount: rejected.count,
      runs,
      comparison: session.comparisons[0] ?? null,
      ...(session.comparisons.length > 1 ? { earlier: session.comparisons.slice(1) } : {}),
      ...(session.tuning ? { tuning: session.tuning } : {}),
    }),
  );
}

function restoreRun(
  project: Project,
  { summary, choice, taste }: StoredRun<RunSummary>,
  device: ComputeDevice,
): TrainedRun | null {
  if (!choice) return null;
  const { model, privacy = NO_PRIVACY } = summary.request;
  return {
    summary,
    choice: barring(choiceFromBytes(model, choice, device), unlistedBy(project.ratings, privacy)),
    taste: taste && tasteFromBytes(model, taste),
  };
}

function openStored(stored: StoredProject<DatasetSummary, RunSummary, Comparison>): Project {
  const { interactions, plan, summary } = stored;
  const ratings = toRatings(interactions, { feedback: summary.feedback });
  return {
    interactions,
    ratings,
    rejected: storedRejected(stored.rejected, stored.rejectedCount),
    plan,
    summary,
  };
}

/**
 * Opens the last project, or gives null. A damaged one is rejected with `projectDamaged` and set aside,
 * so that the next visit starts fresh. No storage at all (private windows) counts as no project.
 */
export async function restoreProject(
  session: Session,
  device: () => Promise<ComputeDevice>,
): Promise<Omit<SavedProject, 'line' | 'unfinished' | 'reshape' | 'privacy'> | null> {
  let bytes: Uint8Array<ArrayBuffer> | null;
  try {
    bytes = await readProject();
  } catch (thrown) {
    if (toAppError(thrown).code === 'storageUnavailable') return null;
    throw thrown;
  }
  if (!bytes) return null;
  try {
    const stored = unpackProject<DatasetSummary, RunSummary, Comparison>(bytes);
    const where = await device();
    const project = openStored(stored);
    const kept = stored.runs.filter(isKeptRun);
    const runs = kept.map((run) => restoreRun(project, run, where)).filter((run) => run !== null);
    session.open(project);
    const summaries = kept.map((run) => run.summary);
    session.restore(runs, summaries, keptComparisons(stored));
    session.tuning = keptTuning(stored.tuning);
    return {
      summary: stored.summary,
      runs: summaries,
      comparisons: session.comparisons,
      tuning: session.tuning,
      savedAt: stored.savedAt,
    };
  } catch (thrown) {
    await setProjectAside(bytes);
    throw new AppError('projectDamaged', {}, { cause: thrown });
  }
}
