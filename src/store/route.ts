/** Where in the story the person is: `#/customers/1042`, `#/map?side=customers&count=500`. The URL is the only place this is kept. */
import { useSyncExternalStore } from 'react';

/** The steps of the story that exist, in order. */
export const STEPS = ['data', 'train', 'quality', 'map', 'customers', 'trust'] as const;
export type Step = (typeof STEPS)[number];

export interface Route {
  readonly step: Step;
  /** What is selected within the step (a customer id), '' for nothing. */
  readonly selection: string;
  /** How it is looked at, by name; what is not named is as the step begins. */
  readonly params: Params;
}

export type Params = Readonly<Record<string, string>>;

/** Reads a hash; anything unknown is the first step. */
export function parseRoute(hash: string): Route {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s, 2);
  const [step = '', ...rest] = path.split('/');
  const known = STEPS.find((name) => name === step);
  if (!known) return { step: 'data', selection: '', params: {} };
  const params = Object.fromEntries(new URLSearchParams(query));
  try {
    return { step: known, selection: decodeURIComponent(rest.join('/')), params };
  } catch {
    return { step: known, selection: '', params };
  }
}

export function routeHash(step: Step, selection = '', params: Params = {}): string {
  const path = selection === '' ? `#/${step}` : `#/${step}/${encodeURIComponent(selection)}`;
  const query = new URLSearchParams(params).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** Goes to a step; with `replace` the back button skips where we were. */
export function go(step: Step, selection = '', params: Params = {}, replace = false): void {
  const hash = routeHash(step, selection, params);
  if (hash === window.location.hash) return;
  if (replace) window.history.replaceState(null, '', hash);
  else window.location.hash = hash;
  // The browser's own event comes later or not at all: what was pressed has to show at once.
  window.dispatchEvent(new HashChangeEvent('hashchange'));
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
