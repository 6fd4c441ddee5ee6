/** The ways data comes in. Each waits until everything else the page needs has been fetched. */
import { idle } from './idle.ts';
import type { DroppedFile } from './pages/start/dropped-files.ts';
import { preloadEverything } from './preload.ts';
import { isProjectKept } from './storage/opfs.ts';
import { prepareEngine } from './store/engine.ts';
import { openFiles, openSample, openText, restoreProject, useProject } from './store/project.ts';
import type { SampleName } from './worker/api/data.ts';

/** Page and engine side by side. What cannot be fetched is said by whoever comes to need it. */
async function fetchAll(): Promise<void> {
  prepareEngine().catch(() => undefined);
  await preloadEverything();
}

export async function takeFiles(files: readonly DroppedFile[]): Promise<void> {
  await fetchAll();
  await openFiles(files);
}

export async function takeText(text: string): Promise<void> {
  await fetchAll();
  await openText(text);
}

export async function takeSample(sample: SampleName): Promise<void> {
  await fetchAll();
  await openSample(sample);
}

/**
 * Once the page stands: what a story needs is fetched in idle time, before anybody asks for it; then the project of last
 * time comes back, where there is one.
 */
export async function beginVisit(): Promise<void> {
  const isRestoring = () => useProject.getState().phase === 'restoring';
  // Said at once, so that nobody is asked for a file that is about to come back.
  useProject.setState({ phase: 'restoring' });
  const kept = await isProjectKept();
  // Who has nothing to come back to begins here, however long the engine takes.
  if (!kept && isRestoring()) useProject.setState({ phase: 'idle' });
  await idle();
  await fetchAll();
  if (kept && isRestoring()) await restoreProject();
}
