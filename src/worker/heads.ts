/** Which recommenders stand behind a model's name, and their settings as a person sees them. */
import type { ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { type HeadPlan, planHead } from '../evaluate/head-plan.ts';
import { autorec } from '../models/autorec.ts';
import { mfChoice } from '../models/mf-choice.ts';
import { mfPosterior } from '../models/mf-posterior.ts';
import { mfTaste, mfTasteBy } from '../models/mf-taste.ts';
import type { Solver } from '../models/mf-taste-options.ts';
import { neumfChoice } from '../models/neumf-choice.ts';
import { neumfTaste } from '../models/neumf-taste.ts';
import type { ChoiceModel, Head, ModelName, Preset, TasteModel } from '../models/recommender.ts';
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

const RECOMMENDERS = {
  mf: { taste: mfTaste, choice: mfChoice },
  neumf: { taste: neumfTaste, choice: neumfChoice },
  // It predicts ratings and orders nothing: the factorization's lists stand beside its stars.
  autorec: { taste: autorec, choice: mfChoice },
} as const;

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

/** Both heads of a model under a preset and the person's changes; `wanted` leaves some out. */
export function headsFor(
  { model, preset, settings, seed, solver }: TrainRequest,
  ratings: Pick<Ratings, 'feedback'>,
  device: Abilities,
  wanted: readonly Head[] = ['taste', 'choice'],
): Heads {
  const taste = wanted.includes('taste') && ratings.feedback === 'explicit';
  const choice = wanted.includes('choice');
  // Written out by model: a recommender and its options belong together, and a table of both would lose their types.
  const factorization = () =>
    samples(preset, device) && !solver
      ? planHead(mfPosterior, preset, settings, seed)
      : planHead(factorizationOn(device, solver), preset, settings, seed);
  const lists = () => planHead(mfChoice, preset, settings, seed);
  switch (model) {
    case 'mf':
      return { taste: taste ? factorization() : null, choice: choice ? lists() : null };
    case 'neumf':
      return {
        taste: taste ? planHead(neumfTaste, preset, settings, seed) : null,
        choice: choice ? planHead(neumfChoice, preset, settings, seed) : null,
      };
    case 'autorec':
      return { taste: taste ? planHead(autorec, preset, settings, seed) : null, choice: choice ? lists() : null };
    default:
      return model satisfies never;
  }
}

/** Every hyperparameter of a preset, as the data in hand would have it. */
export function settingFields(model: ModelName, preset: Preset, ratings: Ratings, device: Abilities): SettingField[] {
  const heads: readonly Head[] = ratings.feedback === 'explicit' ? ['taste', 'choice'] : ['choice'];
  return heads.flatMap((head) => {
    const factorization = samples(preset, device) ? mfPosterior : factorizationOn(device);
    const recommender = model === 'mf' && head === 'taste' ? factorization : RECOMMENDERS[model][head];
    const options: object = recommender.defaults(preset, ratings);
    const steps = 'solver' in options && options.solver === 'sgd';
    return Object.entries(options).flatMap(([name, value]: [string, number]) => {
      const range = RANGES[name];
      return range && (steps || !STEP_SETTINGS.includes(name))
        ? [{ key: `${head}.${name}`, head, name, value, ...range }]
        : [];
    });
  });
}
