import { useTranslation } from 'react-i18next';
import { isProtecting, NO_PRIVACY, type PrivacySettings } from '../data/protect.ts';
import type { Words } from '../i18n/words.ts';
import { Chip } from '../ui/chip.tsx';
import { usePrivacyName } from './privacy-name.ts';

interface PrivacyBadgeProps {
  /** Of a run; nothing is shown where it has none. */
  readonly privacy: PrivacySettings | undefined;
  readonly words: Words;
}

/** Says of a run that it did not learn from everything, and from what it did. */
export function PrivacyBadge({ privacy = NO_PRIVACY, words }: PrivacyBadgeProps) {
  const { t } = useTranslation('train');
  const name = usePrivacyName(words);
  if (!isProtecting(privacy)) return null;
  const hint = t('privacy.badgeHint', { settings: name(privacy) });
  return (
    <span title={hint} role="note" aria-label={hint} data-testid="privacy-badge">
      <Chip tone="quiet">{t('privacy.badge')}</Chip>
    </span>
  );
}
