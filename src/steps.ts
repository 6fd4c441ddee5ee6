/** The pages of the story, each in a chunk of its own. A step exists when its folder has a `<step>-page.tsx`. */
import { type ComponentType, lazy } from 'react';
import { STEPS, type Step } from './store/route.ts';

type PageModule = { readonly default: ComponentType };

const MODULES = import.meta.glob<PageModule>('./pages/{data,train,quality,map,customers,trust}/*-page.tsx');

function loaderOf(step: Step): (() => Promise<PageModule>) | undefined {
  return MODULES[`./pages/${step}/${step}-page.tsx`];
}

/** In the order of the story. */
export const existingSteps: readonly Step[] = STEPS.filter((step) => loaderOf(step) !== undefined);

export const stepPages: Partial<Record<Step, ComponentType>> = Object.fromEntries(
  existingSteps.map((step) => [step, lazy(loaderOf(step)!)]),
);

/** Fetches every page, so that from the moment data comes in there is no request. */
export async function preloadPages(): Promise<void> {
  await Promise.all(existingSteps.map((step) => loaderOf(step)!()));
}
