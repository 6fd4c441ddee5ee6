/** What a person may set an option of a recommender to: a number, or one of a few names. */
import { NEIGHBOUR_MEASURES } from './neighbour-measures.ts';
import { OVERLAP_MEASURES } from './overlap.ts';

export type SettingValue = number | string;

/** Options that are one of a few names, by the option's name. */
export const SETTING_CHOICES: Readonly<Record<string, readonly string[]>> = {
  similarity: NEIGHBOUR_MEASURES,
  measure: OVERLAP_MEASURES,
};

/** The names an option may have; null for one that is a number. */
export function choicesOf(name: string): readonly string[] | null {
  return Object.hasOwn(SETTING_CHOICES, name) ? SETTING_CHOICES[name] : null;
}

/** Whether an option of this name can be set to it at all; how far a number may go is the recommender's to say. */
export function isSettingValue(name: string, value: unknown): value is SettingValue {
  const choices = choicesOf(name);
  return choices ? typeof value === 'string' && choices.includes(value) : Number.isFinite(value);
}
