import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';

/** A column by its name, or by its place where it has none. */
export function useColumnName(): (name: string | undefined, column: number) => string {
  const { t } = useTranslation('data');
  const format = useFormat();
  return (name, column) => name?.trim() || t('confirm.column', { n: format.number(column + 1) });
}
