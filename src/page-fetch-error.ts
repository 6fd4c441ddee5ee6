/** Telling a page that did not come from one that came and is broken. */
import { AppError } from './base/error.ts';

/**
 * What is said when the code of a page, or its style sheet, does not come: by Chromium, by Firefox, by Safari, and by Vite.
 * The words are all these errors have in common; whatever a page throws by itself reads differently.
 */
const NOT_FETCHED =
  /dynamically imported module|Importing a module script failed|Unable to preload CSS|not a valid JavaScript MIME type/i;

/** AppError `pageNotFetched` for what an import rejects with when a file does not come; null for anything else. */
export function pageFetchError(thrown: unknown): AppError | null {
  if (!(thrown instanceof Error) || !NOT_FETCHED.test(thrown.message)) return null;
  return new AppError('pageNotFetched', { detail: thrown.message }, { cause: thrown });
}
