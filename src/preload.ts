/**
 * Fetches all that the story can still need from our own server (pages, faces, languages), so that
 * from the moment data comes in there is no request at all. The engine fetches its own share.
 */
import { preloadLanguages } from './i18n/i18n.ts';
import { preloadPages } from './steps.ts';

async function preloadFonts(): Promise<void> {
  // Faces are fetched when a letter first needs them; a title with an accent would do that mid-story.
  await Promise.all(Array.from(document.fonts, (face) => face.load()));
}

let preloading: Promise<void> | null = null;

/** Never rejects: what could not be fetched now is fetched when it is shown. Works once. */
export function preloadEverything(): Promise<void> {
  preloading ??= Promise.allSettled([preloadPages(), preloadFonts(), preloadLanguages()]).then(() => undefined);
  return preloading;
}
