/**
 * The engine worker can end under the page: the browser takes its memory, or somebody ends it in the task manager. What
 * was kept in the browser's own storage is then all there is, and brings everything back without a reload: the project,
 * its models, the runs in line and the one in progress from its last kept epoch.
 */
import { AppError } from '../base/error.ts';
import { replaceEngine, useEngineState } from './engine.ts';
import { markDataGone } from './privacy.ts';
import { restoreProject, useProject } from './project.ts';
import { useSaving } from './saving.ts';
import { dropLine } from './training.ts';

useEngineState.subscribe(({ died }, before) => {
  if (died && !before.died) dropLine();
});

/** Why nothing answers, and what of it comes back; null while the engine lives. */
export function useEngineDeath(): AppError | null {
  const died = useEngineState((state) => state.died);
  const unsaved = useSaving((state) => state.savedAt === null);
  const hasData = useProject((state) => state.summary !== null);
  return died ? new AppError(hasData && unsaved ? 'engineDiedUnsaved' : 'engineDied') : null;
}

/** Starts another engine and brings back what was kept. */
export async function reviveEngine(): Promise<void> {
  markDataGone();
  useProject.setState({ phase: 'restoring', reading: '', proposal: null, progress: null, error: null });
  // A failure is said where the engine's failures are said, as at the start of a visit.
  await replaceEngine().catch(() => undefined);
  await restoreProject();
}
