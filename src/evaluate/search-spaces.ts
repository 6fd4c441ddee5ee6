/** Which settings of which model are worth searching, and how far. */
import type { Ratings } from '../data/ratings.ts';
import type { Head, Model, ModelName, Preset, Recommender } from '../models/recommender.ts';
import { type CommonOptions, type HeadPlan, planHead } from './head-plan.ts';

/** One setting of a search, its range open to both sides by nothing: candidates and the default lie within. */
export interface SearchedSetting {
  /** As the recommender's options call it. */
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** `log`: as many candidates between 1 and 10 as between 10 and 100; `low` is above 0 then. */
  readonly scale: 'linear' | 'log';
  /** Values are multiples of this; 0 for any number. */
  readonly step: number;
  /** The preset's own value for these ratings. */
  readonly value: number;
}

/** What a search goes over, for certain ratings. */
export interface SearchSpace {
  readonly settings: readonly SearchedSetting[];
  /** Epochs of a whole fit. */
  readonly epochs: number;
  /** A short fit says something about a long one, which goes on where it ended. */
  readonly byEpochs: boolean;
}

/** A recommender whose settings can be searched, under a preset and a seed. */
export interface Tunable<M extends Model> {
  readonly name: ModelName;
  readonly head: Head;
  /** Looks at nothing but `ratings`: a training part. */
  space(ratings: Ratings): SearchSpace;
  /** Settings by name, as in the space; none for the preset as it is. */
  plan(settings: Readonly<Record<string, number>>): HeadPlan<M>;
}

/** Where a setting is looked for; multiples of `step` where that is above 0. */
export type SearchRange =
  /** The same ends for all data, further out only where the preset's value lies outside. */
  | {
      readonly kind: 'between';
      readonly low: number;
      readonly high: number;
      readonly scale: SearchedSetting['scale'];
      readonly step: number;
    }
  /** From a part of the preset's value to as many times it, by its logarithm: for settings whose scale is that of the data. */
  | { readonly kind: 'around'; readonly times: number; readonly step: number };

const between = (low: number, high: number, scale: SearchedSetting['scale'], step = 0): SearchRange => ({
  kind: 'between',
  low,
  high,
  scale,
  step,
});

const around = (times: number, step = 0): SearchRange => ({ kind: 'around', times, step });

/** The ends of a range, given the preset's value. */
function endsOf(range: SearchRange, value: number): Omit<SearchedSetting, 'name' | 'value'> {
  const { step } = range;
  if (range.kind === 'between') {
    const { low, high, scale } = range;
    return { low: Math.min(low, value), high: Math.max(high, value), scale, step };
  }
  const { times } = range;
  return {
    low: step > 0 ? Math.max(step, step * Math.round(value / times / step)) : value / times,
    high: step > 0 ? step * Math.round((value * times) / step) : value * times,
    scale: 'log',
    step,
  };
}

interface Space {
  readonly byEpochs: boolean;
  /** Those that a recommender's options have; under one solver it may have others than under another. */
  readonly settings: Readonly<Record<string, SearchRange>>;
}

const inEpochs = (settings: Space['settings']): Space => ({ byEpochs: true, settings });
const atOnce = (settings: Space['settings']): Space => ({ byEpochs: false, settings });

/** Options of one solver alone (`mf-taste-options.ts`): they are there under the other too, and do nothing. */
const ONE_SOLVER: Readonly<Record<string, string>> = {
  step: 'sgd',
  stepDecay: 'sgd',
  factorPerStep: 'sgd',
  biasPerStep: 'sgd',
  factorBase: 'sweep',
  factorPerRating: 'sweep',
  biasBase: 'sweep',
};

const NEURAL: Space['settings'] = {
  embedding: between(8, 64, 'log', 2),
  learningRate: around(4),
  productRegularization: around(6),
  towerRegularization: around(6),
};

/** Settings that change what a model says; how long and how patiently it learns is validation's to decide in every fit. */
const SPACES: Readonly<Partial<Record<ModelName, Partial<Record<Head, Space>>>>> = {
  mf: {
    taste: inEpochs({
      factors: between(4, 64, 'log', 2),
      factorBase: around(4),
      factorPerRating: around(8),
      biasBase: around(6),
      step: around(2.5),
      stepDecay: between(0.7, 0.95, 'linear'),
      factorPerStep: around(2.5),
      biasPerStep: around(3),
    }),
    choice: inEpochs({
      factors: between(8, 128, 'log', 2),
      unobservedWeight: between(0.02, 2, 'log'),
      reg: around(4),
      weightPower: between(0, 1, 'linear'),
    }),
  },
  neumf: { taste: inEpochs(NEURAL), choice: inEpochs({ ...NEURAL, negatives: between(2, 10, 'linear', 1) }) },
  autorec: {
    taste: inEpochs({
      hidden: around(2, 4),
      learningRate: around(3),
      encoderReg: around(6),
      decoderReg: around(3),
      inputScale: around(2.5),
      inputShift: between(0, 3, 'linear'),
    }),
  },
  vae: {
    choice: inEpochs({
      hidden: around(2, 4),
      learningRate: around(4),
      dropout: between(0.1, 0.8, 'linear'),
    }),
  },
  bpr: {
    choice: inEpochs({
      factors: between(8, 128, 'log', 2),
      learningRate: around(4),
      userReg: around(6),
      positiveReg: around(6),
      negativeReg: around(6),
    }),
  },
  svd: { choice: atOnce({ factors: between(8, 128, 'log', 1), noiseLevel: between(0, 1.5, 'linear') }) },
  ease: { choice: atOnce({ lambda: around(12) }) },
  hybrid: { choice: atOnce({ lambda: around(8), factors: between(16, 128, 'log', 2) }) },
  itemNeighbours: {
    taste: atOnce({ neighbours: between(5, 200, 'log', 1), shrinkage: between(5, 1000, 'log') }),
    choice: atOnce({ k: between(5, 500, 'log', 1), shrink: between(0, 50, 'linear') }),
  },
  userNeighbours: {
    taste: atOnce({ neighbours: between(5, 200, 'log', 1), shrinkage: between(5, 1000, 'log') }),
    choice: atOnce({ k: between(10, 500, 'log', 1), shrink: between(0, 50, 'linear') }),
  },
  content: { choice: atOnce({ k: between(3, 200, 'log', 1), fame: between(0, 1, 'linear') }) },
};

/** Whether a head of a model has anything to search. */
export function hasSearchSpace(model: ModelName, head: Head): boolean {
  return SPACES[model]?.[head] !== undefined;
}

/** All that may be searched, setting by setting, for whoever writes it down. */
export function searchRanges(): readonly {
  readonly model: ModelName;
  readonly head: Head;
  readonly setting: string;
  readonly range: SearchRange;
}[] {
  return (Object.entries(SPACES) as [ModelName, Partial<Record<Head, Space>>][]).flatMap(([model, heads]) =>
    (Object.entries(heads) as [Head, Space][]).flatMap(([head, { settings }]) =>
      Object.entries(settings).map(([setting, range]) => ({ model, head, setting, range })),
    ),
  );
}

/** Every setting that may be searched, once each: those that need a name. */
export function searchedNames(): readonly string[] {
  const spaces = Object.values(SPACES).flatMap((heads) => Object.values(heads));
  return [...new Set(spaces.flatMap(({ settings }) => Object.keys(settings)))];
}

/** The recommender with its space; null where there is nothing to search. */
export function tunable<O extends CommonOptions, M extends Model>(
  recommender: Recommender<O, M>,
  preset: Preset,
  seed: number,
): Tunable<M> | null {
  const { name, head } = recommender;
  const space = SPACES[name]?.[head];
  if (!space) return null;
  return {
    name,
    head,
    space(ratings) {
      const defaults = recommender.defaults(preset, ratings);
      const options = defaults as unknown as Readonly<Record<string, unknown>>;
      const settings = Object.entries(space.settings).flatMap(([setting, range]) => {
        const value = options[setting];
        const solver = ONE_SOLVER[setting];
        if (typeof value !== 'number' || (solver !== undefined && options['solver'] !== solver)) return [];
        return [{ name: setting, value, ...endsOf(range, value) }];
      });
      return { settings, epochs: defaults.epochs, byEpochs: space.byEpochs };
    },
    plan: (settings) => planHead(recommender, preset, settings, seed),
  };
}

/** Digits a candidate's value has: what is shown is what was tried. */
const DIGITS = 3;

/** The value at `share` of the range, 0 to 1: a multiple of the step, or a number of three digits. */
export function valueAt({ low, high, scale, step }: SearchedSetting, share: number): number {
  const value = scale === 'log' ? low * (high / low) ** share : low + share * (high - low);
  if (step > 0) return Math.min(high, Math.max(low, step * Math.round(value / step)));
  return Math.min(high, Math.max(low, Number(value.toPrecision(DIGITS))));
}

/** Where in the range a value lies, 0 to 1. */
export function shareAt({ low, high, scale }: SearchedSetting, value: number): number {
  if (high === low) return 0.5;
  const share = scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}
