/** The runs in line as a file, so that a reload goes on with all of them. Checked like everything read back. */
import { AppError } from '../base/error.ts';
import { isPrivacy, type PrivacySettings } from '../data/protect.ts';
import { MODEL_NAMES, type ModelName, PRESETS, type Preset } from '../models/recommender.ts';
import { isSettingValue, type SettingValue } from '../models/setting-values.ts';

const VERSION = 1;

/** What to train, as it was asked for. */
export interface KeptRequest {
  readonly model: ModelName;
  readonly preset: Preset;
  readonly settings: Readonly<Record<string, SettingValue>>;
  readonly seed: number;
  readonly privacy?: PrivacySettings;
}

export interface KeptLine<Request extends KeptRequest> {
  /** `fingerprint` of the ratings the runs learn from. */
  readonly ratings: number;
  /** How often the first run was given back without leaving a new checkpoint. */
  readonly tries: number;
  /** The run in progress first, then the others in their order. */
  readonly runs: readonly { readonly id: string; readonly request: Request; readonly within?: number }[];
}

export function packLine(line: KeptLine<KeptRequest>): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, ...line }));
}

const isLimit = (within: unknown) => within === undefined || Number.isFinite(within);

/** Whether every field says something that can be trained. Throws TypeError for what has no fields at all. */
export function isKeptRequest(value: unknown): boolean {
  const { model, preset, settings, seed, privacy } = value as KeptRequest;
  return (
    MODEL_NAMES.includes(model) &&
    PRESETS.includes(preset) &&
    typeof settings === 'object' &&
    Object.entries(settings).every(([key, value]) => isSettingValue(key.slice(key.indexOf('.') + 1), value)) &&
    Number.isSafeInteger(seed) &&
    (privacy === undefined || isPrivacy(privacy))
  );
}

/** What `packLine` wrote. Throws AppError `projectDamaged` for anything that cannot be trusted. */
export function unpackLine<R extends KeptRequest>(bytes: Uint8Array<ArrayBuffer>): KeptLine<R> {
  try {
    const { version, ratings, tries, runs } = JSON.parse(new TextDecoder().decode(bytes)) as KeptLine<R> & {
      version: number;
    };
    const ids = new Set(runs.map(({ id }) => id));
    const sound =
      version === VERSION &&
      Number.isSafeInteger(ratings) &&
      Number.isSafeInteger(tries) &&
      ids.size === runs.length &&
      runs.every(({ id, request, within }) => typeof id === 'string' && isKeptRequest(request) && isLimit(within));
    if (!sound) throw new AppError('projectDamaged');
    return {
      ratings,
      tries,
      runs: runs.map(({ id, request, within }) => ({ id, request, ...(within === undefined ? {} : { within }) })),
    };
  } catch (cause) {
    // No JSON, or a missing field: just as damaged.
    throw new AppError('projectDamaged', {}, { cause });
  }
}
