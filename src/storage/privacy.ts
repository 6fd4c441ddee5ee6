/** What is not learned from, as a file beside the project. Checked like everything read back; what cannot be believed is nothing. */
import { isPrivacy, NO_PRIVACY, type PrivacySettings } from '../data/protect.ts';

const VERSION = 1;

interface Kept {
  readonly version: number;
  /** `fingerprint` of the ratings they were chosen for. */
  readonly ratings: number;
  readonly settings: PrivacySettings;
}

export function packPrivacy(ratings: number, { fewest, most }: PrivacySettings): Uint8Array<ArrayBuffer> {
  const kept: Kept = { version: VERSION, ratings, settings: { fewest, most } };
  return new TextEncoder().encode(JSON.stringify(kept));
}

/** What `packPrivacy` wrote for these ratings; no privacy for other ratings, another version, and anything damaged. */
export function unpackPrivacy(bytes: Uint8Array<ArrayBuffer>, ratings: number): PrivacySettings {
  try {
    const kept = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Kept>;
    if (kept.version !== VERSION || kept.ratings !== ratings || !isPrivacy(kept.settings)) return NO_PRIVACY;
    const { fewest, most } = kept.settings;
    return { fewest, most };
  } catch {
    return NO_PRIVACY;
  }
}
