/** What the search for settings shows, worked out from its candidates. Pure. */
import { type PrivacySettings, samePrivacy } from '../../data/protect.ts';
import type { Settings } from '../../evaluate/head-plan.ts';
import { hasSearchSpace, type SearchedSetting, searchedNames, shareAt } from '../../evaluate/search-spaces.ts';
import { bestOf, betterOf, type Candidate, type TuningMetric, verdictOf } from '../../evaluate/tuning-result.ts';
import type { english } from '../../i18n/en.ts';
import { type Head, headsOn, MODEL_NAMES, type ModelName } from '../../models/recommender.ts';
import type { RunSummary, TrainRequest } from '../../worker/api/training.ts';
import type { Tuning } from '../../worker/api/tuning.ts';

/** A setting that a search may change, as tuning.json names it. */
export type SettingName = keyof typeof english.tuning.setting;

export function isSearched(name: string): name is SettingName {
  return searchedNames().includes(name);
}

/** How long a search may take, s. */
export const BUDGETS = [10, 60, 300] as const;

/** Models with something to search on such data, and by which of their heads. */
export function searchableOn(
  feedback: 'explicit' | 'implicit',
): readonly { readonly model: ModelName; readonly heads: readonly Head[] }[] {
  return MODEL_NAMES.map((model) => ({
    model,
    // Lists first: they are what customers see.
    heads: headsOn(feedback, model)
      .filter((head) => hasSearchSpace(model, head))
      .toSorted((a) => (a === 'choice' ? -1 : 1)),
  })).filter(({ heads }) => heads.length > 0);
}

/** Most decimals a setting is written with. */
const MOST_DECIMALS = 5;

/** Decimals of a value of three digits: 0.0135 has four, 90 none. */
export function decimalsOf(value: number): number {
  const text = Number(value.toPrecision(3)).toString();
  // Very small numbers are written 1e-7.
  if (text.includes('e')) return MOST_DECIMALS;
  return Math.min(MOST_DECIMALS, (text.split('.')[1] ?? '').length);
}

export interface Line {
  readonly candidate: Candidate;
  /** Where it crosses the axis of each setting, and that of the figure. */
  readonly shares: readonly (number | null)[];
  /** Among all with a figure: 1 the best, 0 the worst. */
  readonly rank: number;
  readonly role: 'best' | 'defaults' | 'dropped' | 'plain';
}

export interface Picture {
  /** Best first; those without a figure at the end. */
  readonly lines: readonly Line[];
  /** The figures at the ends of their axis, the worse one first; null before there is any. */
  readonly range: { readonly worse: number; readonly better: number } | null;
}

/** A line for each candidate; the better a figure the higher on its axis. */
export function pictureOf(
  settings: readonly SearchedSetting[],
  candidates: readonly Candidate[],
  metric: TuningMetric,
): Picture {
  const higher = betterOf(metric) === 'higher';
  const best = bestOf(candidates, metric);
  const figures = candidates.flatMap(({ figure }) => figure ?? []);
  const [least, most] = [Math.min(...figures), Math.max(...figures)];
  const range = figures.length === 0 ? null : higher ? { worse: least, better: most } : { worse: most, better: least };
  const shareOf = (figure: number) =>
    range === null || range.better === range.worse ? 1 : (figure - range.worse) / (range.better - range.worse);
  const ordered = candidates.toSorted((a, b) => {
    if (a.figure === null || b.figure === null) return Number(a.figure === null) - Number(b.figure === null);
    return (higher ? b.figure - a.figure : a.figure - b.figure) || a.id - b.id;
  });
  const lines = ordered.map((candidate, place): Line => {
    const { figure, state, id } = candidate;
    const role =
      candidate === best
        ? 'best'
        : id === 0
          ? 'defaults'
          : state === 'dropped' || state === 'failed'
            ? 'dropped'
            : 'plain';
    return {
      candidate,
      role,
      rank: figure === null || figures.length < 2 ? 0 : 1 - place / (figures.length - 1),
      shares: [
        ...settings.map((setting) => shareAt(setting, candidate.settings[setting.name])),
        figure === null ? null : shareOf(figure),
      ],
    };
  });
  return { lines, range };
}

/** Whether there is a reason to train with what was found: not where the test part says that the defaults did better. */
export function isWorthTraining({ result: { best, check, metric } }: Tuning): boolean {
  if (best === 0) return false;
  if (!check?.versus) return true;
  const { mean } = check.versus.difference;
  return betterOf(metric) === 'higher' ? mean > 0 : mean < 0;
}

/** The settings of the best found, as a training takes them; null where those are the defaults. */
export function settingsFound({ request, result }: Tuning): Settings | null {
  if (result.best === 0) return null;
  const found = Object.entries(result.candidates[result.best].settings);
  return Object.fromEntries(found.map(([name, value]) => [`${request.head}.${name}`, value]));
}

function sameSettings(a: Settings, b: Settings): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Whether these settings are trained already, or about to be, under the privacy settings that would be trained under. */
export function adoptionOf(
  tuning: Tuning,
  runs: readonly RunSummary[],
  inLine: readonly TrainRequest[],
  privacy?: PrivacySettings,
): 'done' | 'underWay' | 'none' {
  const found = settingsFound(tuning);
  if (!found) return 'none';
  const { model, preset } = tuning.request;
  const same = (request: TrainRequest) =>
    request.model === model &&
    request.preset === preset &&
    samePrivacy(request.privacy, privacy) &&
    sameSettings(request.settings, found);
  if (inLine.some(same)) return 'underWay';
  return runs.some(({ request }) => same(request)) ? 'done' : 'none';
}

/** What a search came to, as a key of tuning.json and its numbers. Figures are of the test part where it was looked at. */
export type TuningFinding =
  | {
      readonly kind: 'lists' | 'stars' | 'stoppedBetter' | 'uncheckedBetter';
      readonly found: number;
      readonly usual: number;
    }
  | { readonly kind: 'noDefaults' | 'noDefaultsUnchecked'; readonly found: number }
  | { readonly kind: 'same' | 'onlyDefaults' | 'stoppedSame' };

export function findingOf({ result }: Tuning): TuningFinding {
  const { candidates, best, check, stopped, metric } = result;
  const usual = candidates[0].figure;
  if (best === 0) return { kind: stopped ? 'stoppedSame' : candidates.length === 1 ? 'onlyDefaults' : 'same' };
  if (usual === null) {
    return check
      ? { kind: 'noDefaults', found: check.best.mean }
      : { kind: 'noDefaultsUnchecked', found: candidates[best].figure as number };
  }
  const verdict = verdictOf(result);
  if (verdict === 'same') return { kind: 'same' };
  if (verdict === 'better' && check?.defaults) {
    return { kind: metric === 'recall' ? 'lists' : 'stars', found: check.best.mean, usual: check.defaults.mean };
  }
  return { kind: stopped ? 'stoppedBetter' : 'uncheckedBetter', found: candidates[best].figure as number, usual };
}
