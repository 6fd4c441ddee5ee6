/** What re-ordering costs, measured for the page: a fitted model stands ready while it is asked about, and a while longer. */
import { AppError, isAbort } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import type { Ratings } from '../data/ratings.ts';
import { openPricing, type PriceOfSettings, type Pricing } from '../evaluate/price-of-settings.ts';
import { hasRules, SLIDERS } from '../models/rerank-settings.ts';
import type { PriceAnswer, PriceRequest } from './api/quality.ts';
import type { Devices } from './devices.ts';
import { headsFor } from './heads.ts';
import { nextDeviceOf } from './next-device.ts';
import type { Session } from './session.ts';

/** The seed of every comparison the page begins with: its test part is the one that stays unseen. */
const SEED = 1;
/** What fitting takes of the first answer, the curves being the rest. */
const OPEN_SHARE = 0.7;
/** Progress reaches the page at most this often. */
const EVENT_MS = 250;
/** Nobody has asked for so long: the model and what it was fitted on go, and are made again when somebody does. */
const IDLE_MS = 120_000;

export interface Pricer {
  priceOfSettings(request: PriceRequest, onShare: Tell, signal: AbortSignal): Promise<PriceAnswer>;
  /** Lets go of what stands ready. */
  close(): void;
}

/** One recommender on one data set. */
interface Ready {
  readonly ratings: Ratings;
  readonly key: string;
  readonly pricing: Pricing;
  readonly curves: PriceOfSettings;
}

export function createPricer(session: Session, devices: Devices): Pricer {
  let ready: Ready | null = null;
  let idle: ReturnType<typeof setTimeout> | undefined;

  function close(): void {
    clearTimeout(idle);
    ready?.pricing.destroy();
    ready = null;
  }

  /** Throws what `openPricing` throws. */
  async function prepare(request: PriceRequest, onShare: Tell, signal: AbortSignal): Promise<Ready> {
    const { ratings } = session.project;
    const { model, preset, settings, solver } = session.serving(request.run).summary.request;
    const key = JSON.stringify([model, preset, settings, solver ?? null]);
    if (ready?.ratings === ratings && ready.key === key) return ready;
    close();
    const device = await devices.current();
    const { choice } = headsFor({ model, preset, settings, seed: SEED, solver }, ratings, device, ['choice']);
    if (!choice) throw new AppError('notTrained');
    const pricing = await openPricing({
      data: ratings,
      plan: choice,
      device,
      seed: SEED,
      signal,
      tell: (share) => onShare(OPEN_SHARE * share),
      nextDevice: nextDeviceOf(devices),
    });
    try {
      const curves = await pricing.curves((share) => onShare(OPEN_SHARE + (1 - OPEN_SHARE) * share), signal);
      // New data may have come in meanwhile: this tells nothing about it.
      if (!session.hasProject || session.project.ratings !== ratings) throw new AppError('cancelled');
      ready = { ratings, key, pricing, curves };
      return ready;
    } catch (thrown) {
      pricing.destroy();
      throw thrown;
    }
  }

  return {
    close,
    /** Throws `notTrained`, `nothingToTest`, what is wrong with the data, what a fit throws, `cancelled`. */
    async priceOfSettings(request, onShare, signal) {
      let last = Number.NEGATIVE_INFINITY;
      const thinned: Tell = (share) => {
        const now = performance.now();
        if (now - last < EVENT_MS) return;
        last = now;
        onShare(share);
      };
      clearTimeout(idle);
      try {
        const { pricing, curves } = await prepare(request, thinned, signal);
        const { settings } = request;
        const set = SLIDERS.filter((slider) => settings && settings[slider] !== 0).length;
        // One slider alone is in the curves.
        const combined = settings !== null && (set > 1 || hasRules(settings.rules));
        const together = combined ? await pricing.price(settings, signal) : null;
        return { model: session.serving(request.run).summary.request.model, curves, together };
      } catch (thrown) {
        // What failed once, on a device that is gone, would fail again.
        if (!isAbort(thrown)) close();
        throw thrown;
      } finally {
        if (ready) idle = setTimeout(close, IDLE_MS);
      }
    },
  };
}
