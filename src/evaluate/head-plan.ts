import type { ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import type { FitContext, Fitted, Head, Model, ModelName, Preset, Recommender } from '../models/recommender.ts';

/** Options every recommender has. */
export interface CommonOptions {
  readonly epochs: number;
  readonly seed: number;
}

/** The first one compiles and warms up; the second is measured. */
const PROBE_EPOCHS = 2;

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
   * `part`, a sample of the same pairs, says how fast this device is. Throws what a fit throws.
   */
  seconds(ratings: Ratings, part: Ratings, device: ComputeDevice): Promise<number>;
  /** Fits again on more data, with what the chosen fit taught and no validation. */
  again(ratings: Ratings, context: FitContext, chosen: Fitted<M>): Promise<Fitted<M>>;
  /** Halves the model of every later `choose`; null where it was not chosen yet or is as small as is any use. */
  shrink(): Shrunk | null;
}

/**
 * Options are the preset's for these ratings (the training part: nothing held out may show in them),
 * changed by the settings that carry a name the recommender knows; 'taste.factors' or 'choice.factors'
 * speaks to one head alone and goes before 'factors'. Throws RangeError for a setting that is not a
 * finite number.
 */
export function planHead<O extends CommonOptions, M extends Model>(
  recommender: Recommender<O, M>,
  preset: Preset,
  settings: Readonly<Record<string, number>>,
  seed: number,
): HeadPlan<M> {
  const optionsFor = (ratings: Ratings): O => {
    const options = { ...recommender.defaults(preset, ratings), seed };
    const known = options as unknown as Record<string, unknown>;
    for (const name of Object.keys(options)) {
      const setting = settings[`${recommender.head}.${name}`] ?? settings[name];
      if (setting === undefined || typeof known[name] !== 'number') continue;
      if (!Number.isFinite(setting)) throw new RangeError(`setting ${name} is ${setting}`);
      known[name] = setting;
    }
    if (shrunk) known[shrunk.name] = shrunk.value;
    return options;
  };
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
      let epochSeconds = 0;
      const fitted = await recommender.fit(
        part,
        { ...options, epochs: PROBE_EPOCHS },
        {
          device,
          onEpoch(event) {
            epochSeconds = event.seconds;
          },
        },
      );
      fitted.model.destroy();
      const share = part.byUser.indices.length / ratings.byUser.indices.length;
      const fits = recommender.refitsBeforeTest && !recommender.settled ? 3 : 2;
      return (epochSeconds / share) * options.epochs * fits;
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
