/**
 * `window.tastemaker`: the same engine the page uses, for analysts in the developer console and for
 * the bench. Everything it offers the page can do too; it opens no door to the outside.
 */
import { engine, prepareEngine } from './engine.ts';
import { cancelImport, changeProposal, confirmImport, openFiles, openSample, useProject } from './project.ts';
import { keepProject } from './saving.ts';
import { train, useTraining } from './training.ts';

export const studioConsole = {
  engine,
  prepare: prepareEngine,
  openFiles,
  openSample,
  changeProposal,
  confirmImport,
  cancelImport,
  train,
  /** Resolves when everything so far is kept. */
  saved: keepProject,
  project: useProject.getState,
  training: useTraining.getState,
} as const;

export type StudioConsole = typeof studioConsole;

declare global {
  interface Window {
    tastemaker: StudioConsole;
  }
}

export function offerConsole(): void {
  window.tastemaker = studioConsole;
}
