import { isKeptRequest } from '../storage/line.ts';
import type { StoredRun } from '../storage/project.ts';
import type { RunSummary } from './api/training.ts';

/**
 * Whether a run that came back from storage says what it was asked for, so that it can be followed. One that does not is
 * left out whole, figures and models: nobody could tell what it was kept from learning, and so what it must not list.
 */
export function isKeptRun({ summary }: StoredRun<RunSummary>): boolean {
  try {
    const { id, request, heads, epochs, decided = {} } = summary;
    return (
      typeof id === 'string' &&
      Array.isArray(heads) &&
      Array.isArray(epochs) &&
      Object.values(decided).every((value) => typeof value === 'string' || Number.isFinite(value)) &&
      isKeptRequest(request)
    );
  } catch {
    // No request, or settings that are no fields: just as damaged.
    return false;
  }
}
