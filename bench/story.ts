/** From the drop to the first list of recommendations on screen, as a person would see it. */
import type { Page } from 'playwright';
import type { MeasuringBrowser } from './browser.ts';
import { BenchError, type Given, giveData } from './giving.ts';

export interface StoryTimes {
  /** All counted from the moment the page was given the files, ms. */
  readonly importedMs: number;
  /** The first run is done: figures are on screen, the button to the customers is there. */
  readonly trainedMs: number;
  /** The first list is painted. */
  readonly listMs: number;
  readonly longestTaskMs: number;
}

const PATIENCE_MS = 300_000;

interface Watched {
  readonly storyTimes: Promise<Omit<StoryTimes, 'longestTaskMs'> | string>;
}

/**
 * Runs in the page: the clock starts with the input event, and looks at what is on screen once a frame. The
 * button to the customers is pressed in the frame in which it appears.
 */
function watchStory(): void {
  const storyTimes = new Promise<Omit<StoryTimes, 'longestTaskMs'> | string>((resolve) => {
    let started: number | null = null;
    let importedMs: number | null = null;
    let trainedMs: number | null = null;
    document.addEventListener(
      'change',
      (event) => {
        if (event.target instanceof HTMLInputElement && event.target.type === 'file') started ??= performance.now();
      },
      true,
    );
    const look = () => {
      if (started === null) return void requestAnimationFrame(look);
      const now = performance.now() - started;
      const { summary, error } = window.tastemaker.project();
      const failed = error ?? window.tastemaker.training().error;
      if (failed) return resolve(failed.message);
      if (summary && importedMs === null) importedMs = now;
      if (trainedMs === null) {
        const button = Array.from(document.querySelectorAll('main button')).find((one) =>
          /^See /.test(one.textContent ?? ''),
        );
        if (button instanceof HTMLElement) {
          trainedMs = now;
          button.click();
        }
      } else if (document.querySelector('[data-testid=recommendations] li')) {
        // This frame still has to be painted; the next one begins after that.
        const [imported, trained, from] = [importedMs ?? trainedMs, trainedMs, started];
        requestAnimationFrame(() => {
          resolve({ importedMs: imported, trainedMs: trained, listMs: performance.now() - from });
        });
        return;
      }
      requestAnimationFrame(look);
    };
    look();
  });
  Object.assign(window, { storyTimes } satisfies Watched);
}

/** A fresh page on the processor, the story as it runs by itself. */
export async function timeStory(browser: MeasuringBrowser, given: Given, threads: number | null): Promise<StoryTimes> {
  const studio = await browser.openStudio(threads === null ? 'device=wasm' : `device=wasm&threads=${threads}`);
  try {
    const { page } = studio;
    await page.evaluate(watchStory);
    await giveData(page, given);
    const times = await withPatience(page, () => page.evaluate(() => (window as unknown as Watched).storyTimes));
    if (typeof times === 'string') throw new BenchError('unexpected', times);
    return { ...times, longestTaskMs: await studio.longestTaskMs() };
  } finally {
    await studio.close();
  }
}

async function withPatience<T>(page: Page, wait: () => Promise<T>): Promise<T> {
  const late = page.waitForTimeout(PATIENCE_MS).then(() => {
    throw new BenchError('unexpected', 'No list of recommendations came on screen.');
  });
  // Closing the page ends the wait that lost.
  late.catch(() => undefined);
  return Promise.race([wait(), late]);
}
