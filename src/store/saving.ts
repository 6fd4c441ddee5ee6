/** Keeps the project in the browser's own storage after every change worth keeping. */
import { create } from 'zustand';
import { type AppError, toAppError } from '../base/error.ts';
import { engine } from './engine.ts';

interface SavingState {
  /** ms since 1970; null: nothing kept yet on this visit. */
  readonly savedAt: number | null;
  /** Why the last attempt failed; the work itself goes on. */
  readonly error: AppError | null;
}

export const useSaving = create<SavingState>(() => ({ savedAt: null, error: null }));

let saving: Promise<void> = Promise.resolve();

/** Saves once the saves before it are done. Never rejects: a full disk must not stop a training. */
export function keepProject(): Promise<void> {
  saving = saving.then(async () => {
    try {
      await engine().save();
      useSaving.setState({ savedAt: Date.now(), error: null });
    } catch (thrown) {
      useSaving.setState({ error: toAppError(thrown) });
    }
  });
  return saving;
}

export function dismissSavingError(): void {
  useSaving.setState({ error: null });
}
