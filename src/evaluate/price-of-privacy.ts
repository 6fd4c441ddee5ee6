/**
 * What privacy settings cost: how much less of what people chose next the lists find, and how much further off the stars
 * are, when `protect` leaves things out. The recommender is fitted anew for each setting, where every price is measured
 * (`priced-part.ts`); what is held out, who is asked and what they have are the same for all of them.
 */
import { AppError, isDeviceFailure, throwIfAborted } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { fingerprint } from '../data/fingerprint.ts';
import { NO_PRIVACY, type PrivacySettings } from '../data/protect.ts';
import { barring } from '../models/barred.ts';
import type { ChoiceModel, TasteModel } from '../models/recommender.ts';
import {
  bootstrap,
  type CustomerSums,
  comparePaired,
  createResamples,
  type Interval,
  meanOver,
  type Paired,
  type Resamples,
} from './bootstrap.ts';
import { FitAnywhere, type NextDevice } from './fit-anywhere.ts';
import type { HeadPlan } from './head-plan.ts';
import { judgeLists } from './list-metrics.ts';
import { cutForPrice, fitForPrice, type PriceCut, type PriceCutRequest } from './priced-part.ts';
import { type ProtectedParts, protectedParts } from './protected-parts.ts';
import { listsFor } from './ranking.ts';
import { errorsByCustomer, predictPairs } from './rating-errors.ts';

/** What is measured unless somebody asks otherwise, mildest first. */
export const PRIVACY_GRID: readonly PrivacySettings[] = [
  { fewest: 5, most: null },
  { fewest: 20, most: null },
  { fewest: 0, most: 50 },
  { fewest: 0, most: 20 },
  { fewest: 5, most: 50 },
];

export interface PrivacyFigures {
  readonly recall: Interval;
  readonly ndcg: Interval;
  /** Of every held-out rating, those of products left out too; null without a taste head. */
  readonly rmse: number | null;
  /** What was learned from. */
  readonly entries: number;
  readonly products: number;
}

/** One setting beside none, on the same customers. */
export interface PrivacyPrice {
  readonly settings: PrivacySettings;
  /** null where it leaves too little, or where the model does without something it needs. */
  readonly measured: {
    readonly figures: PrivacyFigures;
    /** With the setting minus without. */
    readonly recall: Paired;
    readonly ndcg: Paired;
    /** Below 0: nearer. null without a taste head. */
    readonly rmse: Paired | null;
  } | null;
  readonly error: Pick<AppError, 'code' | 'params'> | null;
}

export interface PriceOfPrivacy {
  /** Length of the lists. */
  readonly k: number;
  /** Customers whose lists were judged. */
  readonly customers: number;
  /** Without any setting. */
  readonly none: PrivacyFigures;
  readonly prices: readonly PrivacyPrice[];
  /** Settings that leave out nothing here, or just what a setting before them does: not measured. */
  readonly pointless: readonly PrivacySettings[];
}

export interface PrivacyHeads {
  readonly taste: HeadPlan<TasteModel> | null;
  readonly choice: HeadPlan<ChoiceModel>;
}

export interface PrivacyPriceRequest extends PriceCutRequest {
  /** Plans of their own for each call: a plan remembers what it settled on. */
  readonly heads: () => PrivacyHeads;
  readonly device: ComputeDevice;
  /** Default `PRIVACY_GRID`. */
  readonly grid?: readonly PrivacySettings[];
  readonly nextDevice?: NextDevice;
  /** Learns the share that is done. */
  readonly tell?: Tell;
  readonly signal?: AbortSignal;
}

/** What of one setting the fits take, judging being the rest. */
const FIT_SHARE = 0.9;

/**
 * Rejects with AppError `nothingToTest` where nobody can be tested, with what is wrong with the data, with what a fit on
 * all of it throws, and with `cancelled`. A setting's own AppError stands in its row.
 */
export async function priceOfPrivacy(request: PrivacyPriceRequest): Promise<PriceOfPrivacy> {
  const { seed, grid = PRIVACY_GRID, heads, tell, signal } = request;
  const cut = cutForPrice(request);
  const resamples = createResamples(seed);
  const place = new FitAnywhere(request.device, request.nextDevice);
  const all = 1 + grid.length;
  const measure = (parts: ProtectedParts, at: number) =>
    judged(cut, parts, heads(), place, resamples, (share) => tell?.((at + share) / all), signal);
  const none = await measure(protectedParts(cut.parts, NO_PRIVACY), 0);
  const prices: PrivacyPrice[] = [];
  const pointless: PrivacySettings[] = [];
  const before = new Set([fingerprint(cut.parts.train)]);
  for (const [at, settings] of grid.entries()) {
    throwIfAborted(signal);
    try {
      // One at a time: what a setting leaves is nearly as large as the data.
      const parts = protectedParts(cut.parts, settings);
      const print = fingerprint(parts.train);
      if (before.has(print)) {
        pointless.push(settings);
      } else {
        before.add(print);
        const own = await measure(parts, at + 1);
        prices.push({ settings, measured: await beside(own, none, resamples), error: null });
      }
    } catch (thrown) {
      // Without a device the settings that follow would only say the same.
      const lost: boolean = isDeviceFailure(thrown);
      if (lost || !(thrown instanceof AppError) || thrown.code === 'cancelled') throw thrown;
      prices.push({ settings, measured: null, error: { code: thrown.code, params: thrown.params } });
    }
    tell?.((at + 2) / all);
  }
  return { k: cut.k, customers: cut.choices.users.length, none: none.figures, prices, pointless };
}

interface Judged {
  readonly figures: PrivacyFigures;
  readonly recall: CustomerSums;
  readonly ndcg: CustomerSums;
  readonly rmse: CustomerSums | null;
}

/** One setting: both heads fitted on what it leaves, judged on everything that is held out. */
async function judged(
  { parts: { train, test }, choices, k }: PriceCut,
  learned: ProtectedParts,
  { taste, choice }: PrivacyHeads,
  place: FitAnywhere,
  resamples: Resamples,
  tell: Tell,
  signal: AbortSignal | undefined,
): Promise<Judged> {
  const fitted = (from: number, to: number): Tell => {
    return (share) => tell(FIT_SHARE * (from + (to - from) * share));
  };
  const lists = await fitForPrice(choice, learned, place, fitted(0, taste ? 0.5 : 1), signal);
  let quality: ReturnType<typeof judgeLists>;
  try {
    const barred = barring(lists, learned.unlisted);
    quality = judgeLists(await listsFor(barred, train, choices.users, k, undefined, signal), choices);
  } finally {
    lists.destroy();
  }
  const errors = taste && (await errorsOf(taste, learned, test, place, fitted(0.5, 1), signal));
  const [recall, ndcg] = [meanOver(quality.recall), meanOver(quality.ndcg)];
  const [found, order] = await bootstrap([recall, ndcg], resamples);
  if (!found || !order) throw new TypeError('no tested customer has a recall');
  return {
    figures: {
      recall: found,
      ndcg: order,
      rmse: errors && rootOf(errors),
      entries: learned.left.entries,
      products: learned.left.products,
    },
    recall,
    ndcg,
    rmse: errors,
  };
}

async function errorsOf(
  plan: HeadPlan<TasteModel>,
  learned: ProtectedParts,
  test: PriceCut['parts']['test'],
  place: FitAnywhere,
  tell: Tell,
  signal: AbortSignal | undefined,
): Promise<CustomerSums> {
  const stars = await fitForPrice(plan, learned, place, tell, signal);
  try {
    const { squared, counts } = errorsByCustomer(await predictPairs(stars, test, undefined, signal), test);
    return { sums: squared, counts, root: true };
  } finally {
    stars.destroy();
  }
}

function rootOf({ sums, counts }: CustomerSums): number {
  const sum = (values: ArrayLike<number> | null) => Array.from(values ?? []).reduce((all, one) => all + one, 0);
  return Math.sqrt(sum(sums) / sum(counts));
}

/** Nothing is compared that some customer lacks: held-out parts are the same for all settings. */
async function beside(own: Judged, none: Judged, resamples: Resamples): Promise<NonNullable<PrivacyPrice['measured']>> {
  const recall = await comparePaired(own.recall, none.recall, 'higher', resamples);
  const ndcg = await comparePaired(own.ndcg, none.ndcg, 'higher', resamples);
  const rmse = own.rmse && none.rmse && (await comparePaired(own.rmse, none.rmse, 'lower', resamples));
  if (!recall || !ndcg) throw new TypeError('no tested customer has a recall');
  return { figures: own.figures, recall, ndcg, rmse };
}
