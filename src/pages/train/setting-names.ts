import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { NO_ATTRIBUTE } from '../../models/customer-kinds.ts';
import type { SettingValue } from '../../models/setting-values.ts';
import { decimalsOf, isSearched } from './tuning-view.ts';

export interface SettingNames {
  /** Above a field: "How likeness is measured". */
  label(name: string): string;
  /** Where there is less room: the short name a search has for it, else the label. */
  short(name: string): string;
  /** A number as people read it, or one of several names: "Jaccard". */
  value(name: string, value: SettingValue): string;
  /** One plain sentence about one of several names; null where it needs none. */
  hint(name: string, value: SettingValue): string | null;
}

/** What settings are called, and what they are set to. */
export function useSettingNames(words: Words): SettingNames {
  const { t } = useTranslation('train');
  const { t: ofSearch } = useTranslation('tuning');
  const format = useFormat();
  const label = (name: string) => t(`setting.${name}` as 'setting.factors', words.params);
  return {
    label,
    short: (name) => (isSearched(name) ? ofSearch(`setting.${name}`) : label(name)),
    value(name, value) {
      if (name === 'attribute') {
        if (typeof value === 'string') return value;
        return t(value === NO_ATTRIBUTE ? 'choices.attribute.none' : 'choices.attribute.decided', words.params);
      }
      if (typeof value === 'number') return format.number(value, decimalsOf(value));
      return t(`choices.${name}.${value}` as 'choices.measure.cosine');
    },
    hint: (name, value) =>
      typeof value === 'string'
        ? t(`choiceHints.${name}.${value}` as 'choiceHints.measure.cosine', words.params)
        : null,
  };
}
