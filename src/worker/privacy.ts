/** Privacy settings for the page: what they leave of the data in hand, what they cost, and where they are kept. */
import { AppError } from '../base/error.ts';
import { type OnProgress, throttleProgress } from '../base/progress.ts';
import { fingerprint } from '../data/fingerprint.ts';
import { NO_PRIVACY, type PrivacySettings } from '../data/protect.ts';
import { priceOfPrivacy } from '../evaluate/price-of-privacy.ts';
import { readSideFile, writeSideFile } from '../storage/opfs.ts';
import { packPrivacy, unpackPrivacy } from '../storage/privacy.ts';
import type { LearnedShare, PrivacyPriceAnswer } from './api/quality.ts';
import type { TrainRequest } from './api/training.ts';
import type { Devices } from './devices.ts';
import { headsFor, ownHeadsFor } from './heads.ts';
import { learnedBy } from './learned.ts';
import { nextDeviceOf } from './next-device.ts';
import type { Session } from './session.ts';

/** The seed of every comparison the page begins with: its test part is the one that stays unseen. */
const SEED = 1;
const STEPS = 1000;
/** Measured where nothing is trained yet: done within seconds on any data. */
const UNTRAINED: TrainRequest = { model: 'mf', preset: 'quick', settings: {}, seed: SEED };

/** What would be learned from with these settings, and what there is. */
export function learnedShare(session: Session, privacy: PrivacySettings): LearnedShare {
  const { project } = session;
  const all = learnedBy(project, {}).left;
  return { ...learnedBy(project, { privacy }).left, allEntries: all.entries, allProducts: all.products };
}

/** The run's recommender under each setting. Rejects with what `priceOfPrivacy` rejects with. */
export async function measurePrivacy(
  session: Session,
  devices: Pick<Devices, 'run' | 'replace' | 'roomier'>,
  run: string | null,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<PrivacyPriceAnswer> {
  const { project } = session;
  const { ratings } = project;
  const { privacy: _, ...asked } = session.runs.length > 0 ? session.serving(run).summary.request : UNTRAINED;
  const request: TrainRequest = { ...asked, seed: SEED };
  const throttled = throttleProgress(onProgress);
  const price = await devices.run((device) =>
    priceOfPrivacy({
      data: ratings,
      heads() {
        // Lists of a model that has none are a factorization's; stars beside another's lists say nothing of it.
        const { choice } = headsFor(request, ratings, device, ['choice']);
        if (!choice) throw new TypeError(`${request.model} makes no lists`);
        return { choice, taste: ownHeadsFor(request, ratings, device).taste };
      },
      device,
      seed: SEED,
      nextDevice: nextDeviceOf(devices),
      tell: (share) => throttled({ step: 'comparing', done: share * STEPS, total: STEPS, unit: 'customers' }),
      signal,
    }),
  );
  // New data may have come in meanwhile: this tells nothing about it.
  if (!session.hasProject || session.project !== project) throw new AppError('cancelled');
  return { model: request.model, preset: request.preset, settings: request.settings, price };
}

/**
 * Keeps the settings beside the project; where nothing can be kept they last until the tab closes. They belong to the
 * data they were chosen for: read again, it has them again, and other data has none. The file holds those that were
 * chosen last, whatever for; a visit remembers all of its own.
 */
export class PrivacyKeeper {
  /** Of this visit, by the fingerprint of the ratings. */
  readonly #chosen = new Map<number, PrivacySettings>();

  async keep(session: Session, settings: PrivacySettings): Promise<void> {
    if (!session.hasProject) return;
    const ratings = fingerprint(session.project.ratings);
    this.#chosen.set(ratings, settings);
    await writeSideFile('privacy.json', packPrivacy(ratings, settings)).catch(() => undefined);
  }

  /** What was chosen for the data in hand; no privacy where nothing was, or where it cannot be believed. */
  async kept({ project }: Session): Promise<PrivacySettings> {
    const bytes = await readSideFile('privacy.json');
    if (!bytes && this.#chosen.size === 0) return NO_PRIVACY;
    const ratings = fingerprint(project.ratings);
    return this.#chosen.get(ratings) ?? (bytes ? unpackPrivacy(bytes, ratings) : NO_PRIVACY);
  }

  /** Everything is deleted; the file is removed with the rest. */
  forget(): void {
    this.#chosen.clear();
  }
}
