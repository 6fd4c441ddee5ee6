/**
 * What is loaded and how it came in. Small values and handles only: the data itself stays in the
 * worker. A failed or cancelled import leaves the project that was there before.
 */
import { create } from 'zustand';
import { type AppError, isAbort, toAppError } from '../base/error.ts';
import type { Progress } from '../base/progress.ts';
import type { ImportProposal } from '../data/plan.ts';
import type { DatasetSummary, ImportInput, ProposalChange, SampleName } from '../worker/api/data.ts';
import { forgetColdStart, stopColdStarts } from './cold-start.ts';
import { engine, prepareEngine } from './engine.ts';
import { markDataIn } from './privacy.ts';
import { forgetPrivacyPrice, stopPrivacyPrice } from './privacy-price.ts';
import { forgetPrivacySettings, restorePrivacySettings } from './privacy-settings.ts';
import { forgetComparison, restoreComparisons, stopComparing } from './quality.ts';
import { forgetReshape, keepReshapeNow, restoreReshape, stopMeasuring } from './reshape.ts';
import { go } from './route.ts';
import { keepProject, useSaving } from './saving.ts';
import { forgetRuns, restoreRuns, startStory, stopEverything } from './training.ts';
import { forgetTuning, restoreTuning, stopTuning } from './tuning.ts';

/** `revising`: what is loaded is looked at again, to read it differently. */
export type ImportPhase = 'idle' | 'restoring' | 'preparing' | 'inspecting' | 'confirming' | 'revising' | 'loading';

interface ProjectState {
  readonly phase: ImportPhase;
  /** What is being read, for the progress panel. */
  readonly reading: string;
  /** How the files are (or were) read; kept after loading as long as the engine still holds the files. */
  readonly proposal: ImportProposal | null;
  readonly progress: Progress | null;
  readonly error: AppError | null;
  readonly summary: DatasetSummary | null;
}

export const useProject = create<ProjectState>(() => ({
  phase: 'idle',
  reading: '',
  proposal: null,
  progress: null,
  error: null,
  summary: null,
}));

const set = useProject.setState;
const onProgress = (progress: Progress) => set({ progress });
let abort: AbortController | null = null;
/** Until what was kept is open, or was not to be had. */
let reopened: Promise<unknown> = Promise.resolve();

function fail(thrown: unknown): void {
  const error = toAppError(thrown);
  set({ phase: 'idle', proposal: null, progress: null, error: isAbort(error) ? null : error });
}

/** Looks at what was given; goes on by itself where nothing is in doubt. */
async function open(inputs: readonly ImportInput[], reading: string): Promise<void> {
  abort?.abort();
  const mine = new AbortController();
  abort = mine;
  set({ phase: 'preparing', reading, error: null, progress: null, proposal: null });
  go('data');
  try {
    await prepareEngine();
    // What is kept must not come to stand in the engine after what is opened here.
    await reopened;
    if (mine.signal.aborted) return;
    markDataIn();
    set({ phase: 'inspecting' });
    const proposal = await engine().inspect(inputs, onProgress, mine.signal);
    if (mine.signal.aborted) return;
    set({ proposal, phase: 'confirming', progress: null });
    if (proposal.plan.certain) await confirmImport();
  } catch (thrown) {
    if (!mine.signal.aborted) fail(thrown);
  }
}

/** Files from a drop, a folder or the picker. */
export function openFiles(files: readonly { readonly file: File; readonly path: string }[]): Promise<void> {
  if (files.length === 0) return Promise.resolve();
  const name = files.length === 1 ? files[0].path : `${files[0].path} + ${files.length - 1}`;
  return open(
    files.map(({ file, path }) => ({ kind: 'file', file, path })),
    name,
  );
}

export function openText(text: string): Promise<void> {
  return open([{ kind: 'text', text }], '');
}

export function openSample(sample: SampleName): Promise<void> {
  return open([{ kind: 'sample', sample }], '');
}

/** The person changed a role, a table's use, or how a table is read. */
export async function changeProposal(change: ProposalChange): Promise<void> {
  try {
    set({ proposal: await engine().reinspect(change), error: null });
  } catch (thrown) {
    set({ error: toAppError(thrown) });
  }
}

/** Nothing has come in yet, and nothing is on its way. */
export function isUntouched(): boolean {
  const { phase, summary } = useProject.getState();
  return summary === null && (phase === 'idle' || phase === 'restoring');
}

/** Reads everything as proposed, then starts the story. On failure the proposal stays to be mended. */
export async function confirmImport(): Promise<void> {
  const mine = abort ?? new AbortController();
  abort = mine;
  set({ phase: 'loading', error: null, progress: null });
  try {
    await stopComparing();
    await stopTuning();
    stopMeasuring();
    stopColdStarts();
    stopPrivacyPrice();
    await stopEverything();
    // What was chosen a moment ago is still of the data before.
    keepReshapeNow();
    const summary = await engine().load(onProgress, mine.signal);
    // Nothing is trained before it is known what not to learn from.
    const [privacy, reshape] = await Promise.all([engine().keptPrivacy(), engine().keptReshape()]);
    forgetRuns();
    forgetComparison();
    forgetTuning();
    forgetColdStart();
    forgetPrivacyPrice();
    restorePrivacySettings(privacy);
    restoreReshape(reshape);
    useSaving.setState({ savedAt: null });
    set({ summary, phase: 'idle', progress: null });
    startStory(summary);
    void keepProject();
  } catch (thrown) {
    if (mine.signal.aborted) return;
    set({ phase: 'confirming', progress: null, error: toAppError(thrown) });
  }
}

/** Back to what every column means, while the files are still open: only in the visit that opened them. */
export function reviseImport(): void {
  if (useProject.getState().proposal) set({ phase: 'revising', error: null });
}

/** Leaves everything as it was read. */
export function keepImport(): void {
  set({ phase: 'idle', error: null });
}

/** Stops reading; what was loaded before stays. */
export function cancelImport(): void {
  abort?.abort();
  abort = null;
  set({ phase: 'idle', proposal: null, progress: null, error: null });
}

export function dismissError(): void {
  set({ error: null });
}

/** At start, and when there is an engine again: the last project comes back. */
export async function restoreProject(): Promise<void> {
  set({ phase: 'restoring' });
  try {
    // Everything is fetched before data is in memory, on a later visit too; a failure is said below.
    await prepareEngine().catch(() => undefined);
    // Somebody was quicker than the engine, and gave it something else.
    if (useProject.getState().phase !== 'restoring') return;
    const restoring = engine().restore();
    reopened = restoring.catch(() => undefined);
    const saved = await restoring;
    if (useProject.getState().phase !== 'restoring') return;
    set({ phase: 'idle', progress: null, summary: saved?.summary ?? null });
    if (saved) {
      await prepareEngine();
      markDataIn();
      useSaving.setState({ savedAt: saved.savedAt });
      restorePrivacySettings(saved.privacy);
      restoreRuns(saved);
      restoreComparisons(saved.comparisons);
      restoreTuning(saved.tuning);
      restoreReshape(saved.reshape);
    }
  } catch (thrown) {
    if (useProject.getState().phase === 'restoring') fail(thrown);
  }
}

/** Deletes everything kept on this machine. */
export async function eraseEverything(): Promise<void> {
  await stopComparing();
  await stopTuning();
  stopMeasuring();
  stopColdStarts();
  stopPrivacyPrice();
  await stopEverything();
  await engine().erase();
  forgetRuns();
  forgetComparison();
  forgetTuning();
  forgetReshape();
  forgetColdStart();
  forgetPrivacyPrice();
  forgetPrivacySettings();
  set({ phase: 'idle', proposal: null, progress: null, error: null, summary: null });
  go('data');
}
