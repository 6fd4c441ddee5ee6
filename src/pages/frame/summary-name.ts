import { useTranslation } from 'react-i18next';
import type { DatasetSummary } from '../../worker/api/data.ts';

/** The samples have a name in every language; a file is called what it is called. */
export function useSummaryName(summary: DatasetSummary | null): string {
  const { t } = useTranslation('data');
  if (!summary) return '';
  if (summary.name === 'gift-shop' || summary.name === 'books') return t(`start.samples.${summary.name}.title`);
  return summary.name === '' ? t('paste.name') : summary.name;
}
