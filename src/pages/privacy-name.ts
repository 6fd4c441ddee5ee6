import { useTranslation } from 'react-i18next';
import { isProtecting, type PrivacySettings } from '../data/protect.ts';
import { useFormat } from '../i18n/format.ts';
import type { Words } from '../i18n/words.ts';
import { useProject } from '../store/project.ts';

/** "only books that 5 or more readers chose, the latest 50 of each reader". */
export function usePrivacyName(words: Words): (settings: PrivacySettings) => string {
  const { t } = useTranslation('train');
  const format = useFormat();
  // Without dates nothing is the latest.
  const dated = useProject(({ summary }) => (summary?.overTime ?? null) !== null);
  return (settings) => {
    if (!isProtecting(settings)) return t('privacy.all');
    const fewest =
      settings.fewest > 1 ? t('privacy.fewest', { ...words.params, n: format.number(settings.fewest) }) : '';
    const most =
      settings.most === null
        ? ''
        : t(dated ? 'privacy.most' : 'privacy.mostDrawn', { ...words.params, n: format.number(settings.most) });
    return fewest && most ? t('privacy.both', { fewest, most }) : fewest || most;
  };
}
