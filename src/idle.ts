/** When nobody waits for anything: what a page will need later is fetched then, after it answers and not before. */

/** Busy pages and hidden ones have no idle time; what is needed later is needed all the same. */
const LONGEST_WAIT_MS = 2000;
/** Where a browser does not say that it is idle: the first picture has been drawn by then. */
const GUESSED_WAIT_MS = 200;

/** Resolves when the browser has time to spare, after two seconds at the latest. */
export function idle(page: Partial<Pick<Window, 'requestIdleCallback'>> = window): Promise<void> {
  return new Promise((resolve) => {
    if (page.requestIdleCallback) page.requestIdleCallback(() => resolve(), { timeout: LONGEST_WAIT_MS });
    else setTimeout(resolve, GUESSED_WAIT_MS);
  });
}
