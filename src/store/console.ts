/**
 * `window.tastemaker`: the same engine the page uses, for analysts in the developer console and for
 * the bench. Everything it offers the page can do too; it opens no door to the outside.
 */
import { engine, prepareEngine } from './engine.ts';
import { cancelImport, changeProposal, confirmImport, openFiles, openSample, useProject } from './project.ts';
import { useQuality } from './quality.ts';
import { keepReshapeNow } from './reshape.ts';
import { keepProject } from './saving.ts';
import { train, useTraining } from './training.ts';
import { useTuning } from './tuning.ts';

/** What else has to be here before data comes in; the pages above this floor say so. */
let preload: () => Promise<void> = () => Promise.resolve();

export const studioConsole = {
  engine,
  /** Resolves when the engine stands and all code is here: from then on nothing is fetched any more. */
  async prepare(): Promise<void> {
    await Promise.all([preload(), prepareEngine()]);
  },
  openFiles,
  openSample,
  changeProposal,
  confirmImport,
  cancelImport,
  train,
  /** Resolves when everything so far is kept. */
  saved(): Promise<void> {
    keepReshapeNow();
    return keepProject();
  },
  project: useProject.getState,
  training: useTraining.getState,
  comparison: useQuality.getState,
  tuning: useTuning.getState,
} as const;

export type StudioConsole = typeof studioConsole;

declare global {
  interface Window {
    tastemaker: StudioConsole;
  }
}

/** `preloadPages` fetches what the page itself may still need. */
export function offerConsole(preloadPages: () => Promise<void>): void {
  preload = preloadPages;
  window.tastemaker = studioConsole;
}
