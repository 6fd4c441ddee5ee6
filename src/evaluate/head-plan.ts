import type { ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import type { FitContext, Fitted, Head, Model, ModelName, Preset, Recommender } from '../models/recommender.ts';
import { choicesOf, isSettingValue, type SettingValue } from '../models/setting-values.ts';

/** What somebody changed of a preset, by `head.name`; a name without head counts for both heads. */
export type Settings = Readonly<Record<string, SettingValue>>;

/** Options every recommender has. */
export interface CommonOptions {
  readonly epochs: number;
  readonly seed: number;
}

/** The first one compiles and warms up; the second is measured. */
const PROBE_EPOCHS = 2;

/** A default below this says of an option that validation is to decide. */
const LEFT_TO_VALIDATION = 0;

/** What a model became smaller by: the option's name and its new value. */
export interface Shrunk {
  readonly name: 'factors' | 'embedding' | 'hidden';
  readonly value: number;
}

/** The options that say how large a model is, and what they are kept a multiple of: a neural tower halves its width once more. */
const SIZES = { factors: 2, embedding: 2, hidden: 4 } as const satisfies Record<Shrunk['name'], number>;
/** Below this a model tells little more than averages do. */
const SMALLEST = 8;

/** A recommender whose options are settled but for how long and on what it is fitted. */
export interface HeadPlan<M extends Model> {
  readonly name: ModelName;
  readonly head: Head;
  readonly refitsBeforeTest: boolean;
  /** Validation has nothing to decide. */
  readonly settled: boolean;
  /** The fit that is validated. `epochs` caps what the options say. */
  choose(ratings: Ratings, context: FitContext, epochs?: number): Promise<Fitted<M>>;
  /**
   * Seconds the head would take on `ratings` if every epoch is run, its fits on everything included: a short fit on
   * `part`, a sample of the same pairs, or on a sample of the recommender's own says how fast this device is. Throws
   * what a fit throws.
   */
  seconds(ratings: Ratings, part: Ratings, device: ComputeDevice): Promise<number>;
  /** Fits again on more data, with what the chosen fit taught and no validation. */
  again(ratings: Ratings, context: FitContext, chosen: Fitted<M>): Promise<Fitted<M>>;
  /** What became of the options that validation decides unless somebody has, by name; none of a recommender without any. */
  decided(chosen: Fitted<M>): Readonly<Record<string, number>>;
  /** Halves the model of every later `choose`; null where it was not chosen yet or is as small as is any use. */
  shrink(): Shrunk | null;
}

/**
 * Options are the preset's for these ratings (the training part: nothing held out may show in them),
 * changed by the settings that carry a name the recommender knows; 'taste.factors' or 'choice.factors'
 * speaks to one head alone and goes before 'factors'. Throws RangeError for a setting that is no
 * finite number, and for one of several names where it is none of them.
 */
export function planHead<O extends CommonOptions, M extends Model>(
  recommender: Recommender<O, M>,
  preset: Preset,
  settings: Settings,
  seed: number,
): HeadPlan<M> {
  const optionsFor = (ratings: Ratings): O => {
    const options = { ...recommender.defaults(preset, ratings), seed };
    const known = options as unknown as Record<string, unknown>;
    leftOpen = Object.keys(options).filter((name) => Number(known[name]) < LEFT_TO_VALIDATION);
    for (const name of Object.keys(options)) {
      const setting = settings[`${recommender.head}.${name}`] ?? settings[name];
      if (setting === undefined || (typeof known[name] !== 'number' && !choicesOf(name))) continue;
      if (!isSettingValue(name, setting)) throw new RangeError(`setting ${name} is ${setting}`);
      known[name] = setting;
    }
    if (shrunk) known[shrunk.name] = shrunk.value;
    return options;
  };
  let leftOpen: readonly string[] = [];
  let settled: O | null = null;
  let shrunk: Shrunk | null = null;
  return {
    name: recommender.name,
    head: recommender.head,
    refitsBeforeTest: recommender.refitsBeforeTest ?? false,
    settled: recommender.settled ?? false,
    choose(ratings, context, epochs = Number.POSITIVE_INFINITY) {
      settled = optionsFor(ratings);
      return recommender.fit(ratings, { ...settled, epochs: Math.min(epochs, settled.epochs) }, context);
    },
    async seconds(ratings, part, device) {
      const options = optionsFor(ratings);
      const sample = recommender.sample?.(ratings) ?? part;
      let epochSeconds = 0;
      const fitted = await recommender.fit(
        sample,
        { ...options, epochs: PROBE_EPOCHS },
        {
          device,
          onEpoch(event) {
            epochSeconds = event.seconds;
          },
        },
      );
      fitted.model.destroy();
      const share = sample.byUser.indices.length / ratings.byUser.indices.length;
      const fits = recommender.refitsBeforeTest && !recommender.settled ? 3 : 2;
      return (epochSeconds / share) * options.epochs * fits;
    },
    decided(chosen) {
      if (!settled || !recommender.refitOptions) return {};
      const after = recommender.refitOptions(settled, chosen) as unknown as Readonly<Record<string, number>>;
      return Object.fromEntries(leftOpen.map((name) => [name, after[name]]));
    },
    again(ratings, context, chosen) {
      const options = settled ?? optionsFor(ratings);
      const refitted = recommender.refitOptions?.(options, chosen) ?? { ...options, epochs: chosen.epochs };
      return recommender.fit(ratings, refitted, { ...context, validation: undefined, test: undefined });
    },
    shrink() {
      const sizes = settled as Partial<Record<Shrunk['name'], number>> | null;
      const name = (Object.keys(SIZES) as Shrunk['name'][]).find((size) => sizes?.[size] !== undefined);
      if (!name) return null;
      const value = SIZES[name] * Math.floor((sizes?.[name] ?? 0) / (2 * SIZES[name]));
      if (value < SMALLEST) return null;
      shrunk = { name, value };
      return shrunk;
    },
  };
}
