/** The pages of the story, each in a chunk of its own. A step exists when its folder has a `<step>-page.tsx`. */
import { type ComponentType, lazy } from 'react';
import { loadStory } from './i18n/i18n.ts';
import { pageFetchError } from './page-fetch-error.ts';
import { STEPS, type Step } from './store/route.ts';

type PageModule = { readonly default: ComponentType };

const MODULES = import.meta.glob<PageModule>('./pages/{data,train,quality,map,customers,trust}/*-page.tsx');

function loaderOf(step: Step): (() => Promise<PageModule>) | undefined {
  return MODULES[`./pages/${step}/${step}-page.tsx`];
}

/** In the order of the story. */
export const existingSteps: readonly Step[] = STEPS.filter((step) => loaderOf(step) !== undefined);

/** Steps whose page, or style sheet, did not come when it was asked for last. */
const missing = new Set<Step>();

/** The page with its words. Rejects with AppError `pageNotFetched`, and with what the page throws when it begins. */
async function load(step: Step): Promise<PageModule> {
  try {
    if (missing.has(step)) await refetchStyles();
    const [page] = await Promise.all([loaderOf(step)!(), loadStory()]);
    missing.delete(step);
    return page;
  } catch (thrown) {
    missing.add(step);
    throw pageFetchError(thrown) ?? thrown;
  }
}

/** Style sheets that did not come. Such events do not bubble; on the way down everybody sees them. */
const lostStyles = new Set<HTMLLinkElement>();
document.addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') lostStyles.add(target);
  },
  true,
);

/** Vite asks for a style sheet once: without this, a page whose sheet did not come would be drawn without it from then on. */
async function refetchStyles(): Promise<void> {
  const lost = [...lostStyles];
  lostStyles.clear();
  await Promise.all(
    lost.map(
      (link) =>
        new Promise<void>((resolve, reject) => {
          const again = link.cloneNode() as HTMLLinkElement;
          again.onload = () => resolve();
          again.onerror = () => reject(new TypeError(`Unable to preload CSS for ${link.href}`));
          link.replaceWith(again);
        }),
    ),
  );
}

const pages = new Map<Step, ComponentType>();

/** The page of a step that exists; its code is fetched when it is first drawn. */
export function pageOf(step: Step): ComponentType {
  const known = pages.get(step);
  if (known) return known;
  const page = lazy(() => load(step));
  pages.set(step, page);
  return page;
}

/** React remembers for good that a page did not come: forgotten, it is fetched when it is next drawn. */
export function forgetPage(step: Step): void {
  pages.delete(step);
}

/** Fetches every page, so that from the moment data comes in there is no request. */
export async function preloadPages(): Promise<void> {
  await Promise.all(existingSteps.map(load));
}
