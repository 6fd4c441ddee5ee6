/** Keeps the project in the browser's own storage after every change worth keeping. */
import { create } from 'zustand';
import { type AppError, toAppError } from '../base/error.ts';
import type { ErrorCode } from '../base/error-codes.ts';
import { engine } from './engine.ts';

interface SavingState {
  /** ms since 1970; null: nothing of what is open is kept yet. */
  readonly savedAt: number | null;
  /** Why the last attempt failed, until it is said; the work itself goes on. The same reason is said once. */
  readonly error: AppError | null;
}

export const useSaving = create<SavingState>(() => ({ savedAt: null, error: null }));

let saving: Promise<void> = Promise.resolve();
let said: ErrorCode | null = null;

/** Saves once the saves before it are done. Never rejects: a full disk must not stop a training. */
export function keepProject(): Promise<void> {
  saving = saving.then(async () => {
    try {
      await engine().save();
      useSaving.setState({ savedAt: Date.now(), error: null });
      said = null;
    } catch (thrown) {
      const error = toAppError(thrown);
      // That is said by itself, and what was kept before still is.
      if (error.code === 'engineDied') return;
      if (error.code !== said) useSaving.setState({ error });
      said = error.code;
    }
  });
  return saving;
}

export function dismissSavingError(): void {
  useSaving.setState({ error: null });
}
