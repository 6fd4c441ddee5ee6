/** Which recommenders stand behind a model's name, and their settings as a person sees them. */
import type { ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { type CommonOptions, type HeadPlan, planHead } from '../evaluate/head-plan.ts';
import { autorec } from '../models/autorec.ts';
import { ease } from '../models/ease.ts';
import { hybrid } from '../models/hybrid.ts';
import { means } from '../models/means.ts';
import { mfChoice } from '../models/mf-choice.ts';
import { mfPosterior } from '../models/mf-posterior.ts';
import { mfTaste, mfTasteBy } from '../models/mf-taste.ts';
import type { Solver } from '../models/mf-taste-options.ts';
import { itemNeighboursChoice, userNeighboursChoice } from '../models/neighbours-choice.ts';
import { itemNeighboursTaste, userNeighboursTaste } from '../models/neighbours-taste.ts';
import { neumfChoice } from '../models/neumf-choice.ts';
import { neumfTaste } from '../models/neumf-taste.ts';
import { popularity } from '../models/popularity.ts';
import { randomLists } from '../models/random-lists.ts';
import {
  type ChoiceModel,
  type Head,
  headsOn,
  type Model,
  type ModelName,
  type Preset,
  type Recommender,
  type TasteModel,
} from '../models/recommender.ts';
import { slopeOne } from '../models/slope-one.ts';
import type { SettingField, TrainRequest } from './api.ts';

interface Range {
  readonly min: number;
  readonly max: number;
  /** 1 for whole numbers. */
  readonly step: number;
}

const whole = (min: number, max: number): Range => ({ min, max, step: 1 });
const real = (min: number, max: number, step: number): Range => ({ min, max, step });

/** What a person may set, and how far. Settings of a recommender that are not named here stay its own. */
const RANGES: Readonly<Record<string, Range>> = {
  factors: whole(1, 256),
  epochs: whole(1, 500),
  patience: whole(1, 100),
  burnIn: whole(0, 200),
  samples: whole(1, 64),
  initSd: real(0.001, 1, 0.01),
  step: real(0.001, 0.5, 0.005),
  stepDecay: real(0.5, 1, 0.01),
  factorPerStep: real(0, 1, 0.005),
  biasPerStep: real(0, 1, 0.005),
  factorBase: real(0, 100, 0.5),
  factorPerRating: real(0, 1, 0.01),
  biasBase: real(0, 100, 0.5),
  biasPerRating: real(0, 1, 0.005),
  unobservedWeight: real(0.001, 10, 0.05),
  reg: real(0, 1, 0.001),
  weightPower: real(0, 1, 0.1),
  batchSize: whole(64, 65_536),
  embedding: real(4, 128, 2),
  learningRate: real(0.00001, 0.1, 0.0005),
  decay: real(0.1, 1, 0.05),
  productRegularization: real(0, 1, 0.01),
  towerRegularization: real(0, 1, 0.01),
  biasRegularization: real(0, 1, 0.01),
  initialScale: real(0.0001, 1, 0.005),
  negatives: whole(1, 50),
  hidden: real(4, 512, 4),
  batchItems: whole(8, 4096),
  encoderReg: real(0, 100, 0.5),
  decoderReg: real(0, 100, 0.5),
  regPower: real(0, 1, 0.1),
  inputScale: real(0.1, 20, 0.5),
  inputShift: real(0, 10, 0.5),
};

/** Shown only where the preset's solver goes by steps. */
const STEP_SETTINGS: readonly string[] = ['step', 'stepDecay', 'factorPerStep', 'biasPerStep'];

/** A recommender with its options hidden: written out one by one they keep their types, in a table they would lose them. */
interface Planner<M extends Model> {
  defaults(preset: Preset, ratings: Ratings): object;
  plan(request: Pick<TrainRequest, 'preset' | 'settings' | 'seed'>): HeadPlan<M>;
}

function planner<O extends CommonOptions, M extends Model>(recommender: Recommender<O, M>): Planner<M> {
  return {
    defaults: recommender.defaults,
    plan: ({ preset, settings, seed }) => planHead(recommender, preset, settings, seed),
  };
}

/** Who guesses stars, but for the factorization, which has several solvers. */
const STARS: Partial<Record<ModelName, Planner<TasteModel>>> = {
  neumf: planner(neumfTaste),
  autorec: planner(autorec),
  itemNeighbours: planner(itemNeighboursTaste),
  userNeighbours: planner(userNeighboursTaste),
  slopeOne: planner(slopeOne),
  means: planner(means),
};

/** Who makes lists. */
const LISTS: Partial<Record<ModelName, Planner<ChoiceModel>>> = {
  mf: planner(mfChoice),
  neumf: planner(neumfChoice),
  hybrid: planner(hybrid),
  ease: planner(ease),
  itemNeighbours: planner(itemNeighboursChoice),
  userNeighbours: planner(userNeighboursChoice),
  popularity: planner(popularity),
  random: planner(randomLists),
};

export interface Heads {
  /** null for implicit data. */
  readonly taste: HeadPlan<TasteModel> | null;
  readonly choice: HeadPlan<ChoiceModel> | null;
}

type Abilities = Pick<ComputeDevice, 'sampledDescent' | 'stochasticDescent'>;

/** Where the device has a sampler, the most thorough factorization is the whole posterior and not its highest point. */
const samples = (preset: Preset, device: Abilities) => preset === 'best' && device.sampledDescent !== undefined;

/** Factorization for predicted stars by the solver somebody asked for; otherwise one that the device has. */
function factorizationOn(device: Abilities, solver?: Solver) {
  const wish = solver ?? (device.stochasticDescent ? undefined : 'sweep');
  return wish ? mfTasteBy(wish) : mfTaste;
}

/** Factorization for predicted stars, as this device and this preset can have it. */
function factorization(preset: Preset, device: Abilities, solver?: Solver): Planner<TasteModel> {
  return samples(preset, device) && !solver ? planner(mfPosterior) : planner(factorizationOn(device, solver));
}

/** Who guesses stars for a model: itself, or the factorization beside it. */
const starsOf = (model: ModelName, preset: Preset, device: Abilities, solver?: Solver) =>
  STARS[model] ?? factorization(preset, device, solver);

/** Who makes the lists of a model: itself, or the factorization beside it. */
const listsOf = (model: ModelName): Planner<ChoiceModel> => LISTS[model] ?? planner(mfChoice);

/** Both heads of a model under a preset and the person's changes; `wanted` leaves some out. */
export function headsFor(
  request: TrainRequest,
  ratings: Pick<Ratings, 'feedback'>,
  device: Abilities,
  wanted: readonly Head[] = ['taste', 'choice'],
): Heads {
  const { model, preset, solver } = request;
  const taste = wanted.includes('taste') && ratings.feedback === 'explicit';
  const choice = wanted.includes('choice');
  return {
    taste: taste ? starsOf(model, preset, device, solver).plan(request) : null,
    choice: choice ? listsOf(model).plan(request) : null,
  };
}

/** The heads of its own that a model has: what it is compared by. */
export function ownHeadsFor(request: TrainRequest, ratings: Pick<Ratings, 'feedback'>, device: Abilities): Heads {
  return headsFor(request, ratings, device, headsOn(ratings.feedback, request.model));
}

/** Every hyperparameter of a preset, as the data in hand would have it. */
export function settingFields(model: ModelName, preset: Preset, ratings: Ratings, device: Abilities): SettingField[] {
  const heads: readonly Head[] = ratings.feedback === 'explicit' ? ['taste', 'choice'] : ['choice'];
  return heads.flatMap((head) => {
    const options = (head === 'taste' ? starsOf(model, preset, device) : listsOf(model)).defaults(preset, ratings);
    const steps = 'solver' in options && options.solver === 'sgd';
    return Object.entries(options).flatMap(([name, value]: [string, number]) => {
      const range = RANGES[name];
      return range && (steps || !STEP_SETTINGS.includes(name))
        ? [{ key: `${head}.${name}`, head, name, value, ...range }]
        : [];
    });
  });
}
