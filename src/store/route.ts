/** Where in the story the person is: `#/customers/1042?like=3`. The URL is the only place this is kept. */
import { useSyncExternalStore } from 'react';

/** The steps of the story that exist, in order. */
export const STEPS = ['data', 'train', 'map', 'customers', 'trust'] as const;
export type Step = (typeof STEPS)[number];

export interface Route {
  readonly step: Step;
  /** What is selected within the step (a customer id), '' for nothing. */
  readonly selection: string;
}

/** Reads a hash; anything unknown is the first step. */
export function parseRoute(hash: string): Route {
  const [step = '', ...rest] = hash.replace(/^#\/?/, '').split('/');
  const known = STEPS.find((name) => name === step);
  if (!known) return { step: 'data', selection: '' };
  try {
    return { step: known, selection: decodeURIComponent(rest.join('/')) };
  } catch {
    return { step: known, selection: '' };
  }
}

export function routeHash(step: Step, selection = ''): string {
  return selection === '' ? `#/${step}` : `#/${step}/${encodeURIComponent(selection)}`;
}

/** Goes to a step; with `replace` the back button skips where we were. */
export function go(step: Step, selection = '', replace = false): void {
  const hash = routeHash(step, selection);
  if (hash === window.location.hash) return;
  if (replace) {
    window.history.replaceState(null, '', hash);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    window.location.hash = hash;
  }
}

let current = '';
let parsed: Route = parseRoute('');

function snapshot(): Route {
  if (window.location.hash !== current) {
    current = window.location.hash;
    parsed = parseRoute(current);
  }
  return parsed;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useRoute(): Route & { readonly go: typeof go } {
  const route = useSyncExternalStore(subscribe, snapshot);
  return { ...route, go };
}
