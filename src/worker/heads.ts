/** Which recommenders stand behind a model's name, and their settings as a person sees them. */
import type { ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { type CommonOptions, type HeadPlan, planHead } from '../evaluate/head-plan.ts';
import { type Tunable, tunable } from '../evaluate/search-spaces.ts';
import { autorec } from '../models/autorec.ts';
import { bpr } from '../models/bpr.ts';
import { content } from '../models/content.ts';
import { ATTRIBUTE_TO_BE_CHOSEN, customerKinds, NO_ATTRIBUTE } from '../models/customer-kinds.ts';
import { ease } from '../models/ease.ts';
import { hybrid } from '../models/hybrid.ts';
import { markov } from '../models/markov.ts';
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
import { choicesOf, type SettingValue } from '../models/setting-values.ts';
import { slopeOne } from '../models/slope-one.ts';
import { svd } from '../models/svd.ts';
import { trending } from '../models/trending.ts';
import { vae } from '../models/vae.ts';
import type { SettingField, TrainRequest } from './api/training.ts';
import type { TuneRequest } from './api/tuning.ts';

interface Range {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  /** 1 for whole numbers. */
  readonly step: number;
}

const whole = (min: number, max: number): Range => ({ kind: 'number', min, max, step: 1 });
const real = (min: number, max: number, step: number): Range => ({ kind: 'number', min, max, step });

/** What a person may set, and how far. Settings of a recommender that are not named here stay its own. */
const RANGES: Readonly<Record<string, Range>> = {
  factors: whole(1, 256),
  epochs: whole(1, 500),
  patience: whole(1, 100),
  burnIn: whole(0, 200),
  samples: whole(1, 64),
  initSd: real(0.001, 1, 0.01),
  directions: whole(0, 64),
  step: real(0.001, 0.5, 0.005),
  stepDecay: real(0.5, 1, 0.01),
  factorPerStep: real(0, 1, 0.005),
  biasPerStep: real(0, 1, 0.005),
  factorBase: real(0, 100, 0.5),
  factorPerRating: real(0, 1, 0.01),
  biasBase: real(0, 100, 0.5),
  biasPerRating: real(0, 1, 0.005),
  unobservedWeight: real(0.001, 10, 0.05),
  reg: real(0, 100, 0.5),
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
  noiseLevel: real(0, 3, 0.05),
  powerIterations: whole(0, 20),
  userReg: real(0, 1, 0.005),
  positiveReg: real(0, 1, 0.005),
  negativeReg: real(0, 1, 0.005),
  biasReg: real(0, 1, 0.005),
  batchCustomers: whole(1, 4096),
  latent: whole(0, 512),
  kl: real(0, 5, 0.05),
  annealEpochs: whole(0, 200),
  dropout: real(0, 0.95, 0.05),
  weightDecay: real(0, 10, 0.01),
  lambda: real(0.1, 100_000, 10),
  share: real(0, 1, 0.05),
  k: whole(1, 1000),
  neighbours: whole(1, 1000),
  minimumOverlap: whole(1, 100),
  shrink: real(0, 1000, 1),
  shrinkage: real(0, 10_000, 10),
  fame: real(0, 2, 0.1),
  window: whole(1, 20),
  together: real(0, 10, 0.5),
  recent: whole(1, 100),
  fade: real(0, 1, 0.05),
  itemShrinkage: real(0, 1000, 1),
  userShrinkage: real(0, 1000, 1),
  halfLife: real(0, 10_000, 1),
};

/** Shown only where the preset's solver goes by steps. */
const STEP_SETTINGS: readonly string[] = ['step', 'stepDecay', 'factorPerStep', 'biasPerStep'];

/** What a model has under a name that says something else of others, and what is the same to within a few percent. */
const UNASKED: Readonly<Partial<Record<ModelName, readonly string[]>>> = {
  markov: ['decay', 'shrink'],
  trending: ['shrink'],
};

/** Of effect with one value of another setting of the same head alone. */
const ONLY_WITH: Readonly<Record<string, { readonly name: string; readonly value: string }>> = {
  shrinkage: { name: 'similarity', value: 'pearsonBaseline' },
};

/** A recommender with its options hidden: written out one by one they keep their types, in a table they would lose them. */
interface Planner<M extends Model> {
  readonly name: ModelName;
  defaults(preset: Preset, ratings: Ratings): object;
  plan(request: Pick<TrainRequest, 'preset' | 'settings' | 'seed'>): HeadPlan<M>;
  /** null where there is nothing to search. */
  tunable(preset: Preset, seed: number): Tunable<M> | null;
}

function planner<O extends CommonOptions, M extends Model>(recommender: Recommender<O, M>): Planner<M> {
  return {
    name: recommender.name,
    defaults: recommender.defaults,
    plan: ({ preset, settings, seed }) => planHead(recommender, preset, settings, seed),
    tunable: (preset, seed) => tunable(recommender, preset, seed),
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
  vae: planner(vae),
  hybrid: planner(hybrid),
  ease: planner(ease),
  svd: planner(svd),
  bpr: planner(bpr),
  itemNeighbours: planner(itemNeighboursChoice),
  userNeighbours: planner(userNeighboursChoice),
  content: planner(content),
  markov: planner(markov),
  trending: planner(trending),
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

/** A head of its own of a model, to search its settings; null where it has none or there is nothing to search. */
export function tunableFor(
  { model, head, preset, seed }: Pick<TuneRequest, 'model' | 'head' | 'preset' | 'seed'>,
  ratings: Pick<Ratings, 'feedback'>,
  device: Abilities,
): Tunable<TasteModel> | Tunable<ChoiceModel> | null {
  if (!headsOn(ratings.feedback, model).includes(head)) return null;
  return head === 'taste' ? starsOf(model, preset, device).tunable(preset, seed) : listsOf(model).tunable(preset, seed);
}

/** Digits a default has that is worked out from the data; a count has all of its own. */
const DIGITS = 4;

const rounded = (value: number) => (Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS)));

/** One option as a person sets it; null where it is nothing to set, or nothing this data has a use for. */
function fieldOf(name: string, value: SettingValue, ratings: Ratings) {
  if (name === 'attribute') return kindsField(ratings);
  const choices = choicesOf(name);
  if (choices) return { kind: 'choice', value, options: choices.map((choice) => ({ value: choice })) } as const;
  const range = RANGES[name];
  if (!range || typeof value !== 'number') return null;
  // Below 0 validation decides.
  return { ...range, value: value < 0 && range.min >= 0 ? null : rounded(value) };
}

/** Which attribute tells kinds of customers apart, by its row; null where none does. */
function kindsField({ about }: Ratings) {
  const attributes = about?.customers.attributes ?? [];
  const telling = attributes.flatMap(({ name }, attribute) =>
    about && customerKinds(about.customers, attribute) ? [{ value: attribute, label: name }] : [],
  );
  if (telling.length === 0) return null;
  const options = [{ value: ATTRIBUTE_TO_BE_CHOSEN }, { value: NO_ATTRIBUTE }, ...telling];
  return { kind: 'choice', value: ATTRIBUTE_TO_BE_CHOSEN, options } as const;
}

/** Every hyperparameter of a preset, as the data in hand would have it. */
export function settingFields(model: ModelName, preset: Preset, ratings: Ratings, device: Abilities): SettingField[] {
  const heads: readonly Head[] = ratings.feedback === 'explicit' ? ['taste', 'choice'] : ['choice'];
  return heads.flatMap((head) => {
    const planner = head === 'taste' ? starsOf(model, preset, device) : listsOf(model);
    const options = planner.defaults(preset, ratings);
    const steps = 'solver' in options && options.solver === 'sgd';
    const atOnce = 'epochs' in options && options.epochs === 1;
    const unasked = [
      ...(UNASKED[planner.name] ?? []),
      ...(steps ? [] : STEP_SETTINGS),
      // What is fitted in one step has no epochs to set.
      ...(atOnce ? ['epochs'] : []),
    ];
    const fields = Object.entries(options).flatMap(([name, value]: [string, SettingValue]): SettingField[] => {
      const field = unasked.includes(name) ? null : fieldOf(name, value, ratings);
      const condition = ONLY_WITH[name];
      const onlyWith = condition && { key: `${head}.${condition.name}`, value: condition.value };
      return field ? [{ key: `${head}.${name}`, head, name, ...field, ...(onlyWith ? { onlyWith } : {}) }] : [];
    });
    // What is one of a few says what kind of model it is: first.
    return fields.toSorted((a, b) => Number(a.kind === 'number') - Number(b.kind === 'number'));
  });
}
