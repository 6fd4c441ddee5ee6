import { useTranslation } from 'react-i18next';
import type { Decided } from '../evaluate/decided.ts';
import type { Settings } from '../evaluate/head-plan.ts';
import { useFormat } from '../i18n/format.ts';

/** Decimals that tell a number of days well enough: 0.12, 1.5, 11. */
const decimalsOfDays = (days: number) => (days < 1 ? 2 : days < 10 ? 1 : 0);

/**
 * "Chosen on held-out data: half after 11 days, by country": what validation settled of a model, less what somebody had
 * settled before; null where there is nothing to say.
 */
export function useDecidedText(): (decided: Decided | undefined, settings: Settings) => string | null {
  const { t } = useTranslation('train');
  const format = useFormat();
  return (decided = {}, settings) => {
    const of = (key: string) => (settings[key] === undefined ? decided[key] : undefined);
    const parts: string[] = [];
    const days = of('choice.halfLife');
    if (typeof days === 'number') {
      const digits = decimalsOfDays(days);
      const count = Number(days.toFixed(digits));
      parts.push(days === 0 ? t('decided.ageless') : t('decided.halfLife', { count, n: format.number(days, digits) }));
    }
    const attribute = of('choice.attribute');
    if (attribute !== undefined) {
      parts.push(typeof attribute === 'string' ? t('decided.attribute', { attribute }) : t('decided.noAttribute'));
    }
    const share = of('choice.share');
    if (typeof share === 'number') parts.push(t('decided.share', { share: format.percent(share) }));
    if (parts.length === 0) return null;
    return t('decided.line', { parts: parts.reduce((first, second) => t('decided.both', { first, second })) });
  };
}
