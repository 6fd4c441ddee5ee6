/** The ways data comes in. Each waits until everything else the page needs has been fetched. */
import type { DroppedFile } from './pages/start/dropped-files.ts';
import { preloadEverything } from './preload.ts';
import { openFiles, openSample, openText, restoreProject, useProject } from './store/project.ts';
import type { SampleName } from './worker/api.ts';

export async function takeFiles(files: readonly DroppedFile[]): Promise<void> {
  await preloadEverything();
  await openFiles(files);
}

export async function takeText(text: string): Promise<void> {
  await preloadEverything();
  await openText(text);
}

export async function takeSample(sample: SampleName): Promise<void> {
  await preloadEverything();
  await openSample(sample);
}

/** The project of last time, once the page stands. */
export async function takeSavedProject(): Promise<void> {
  // Said at once, so that nobody is asked for a file that is about to come back.
  useProject.setState({ phase: 'restoring' });
  await preloadEverything();
  if (useProject.getState().phase === 'restoring') await restoreProject();
}
