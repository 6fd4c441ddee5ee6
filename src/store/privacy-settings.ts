/** What is not learned from, for every training that begins from now on. The settings are the project's. */
import { create } from 'zustand';
import { NO_PRIVACY, type PrivacySettings } from '../data/protect.ts';
import { engine } from './engine.ts';

export const usePrivacySettings = create<{ readonly settings: PrivacySettings }>(() => ({ settings: NO_PRIVACY }));

const set = usePrivacySettings.setState;

export function setPrivacySettings(settings: PrivacySettings): void {
  set({ settings });
  engine()
    .keepPrivacy(settings)
    .catch(() => undefined);
}

/** Where everything is deleted: what was kept goes with it. */
export function forgetPrivacySettings(): void {
  set({ settings: NO_PRIVACY });
}

/** As they were chosen for the data in hand: for data that was read again, and by an earlier visit. */
export function restorePrivacySettings(settings: PrivacySettings): void {
  set({ settings });
}
