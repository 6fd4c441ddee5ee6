/** How a product is spoken of when all that is known of it is its code. */
import { useTranslation } from 'react-i18next';
import { isCode } from '../../i18n/code.ts';
import type { Words } from '../../i18n/words.ts';
import type { ProductCard } from '../../worker/api/catalogue.ts';

type Named = Pick<ProductCard, 'id' | 'title'>;

/** Whether a product has no title, and an id that says nothing by itself. */
export function isNameless({ id, title }: Named): boolean {
  return title === id && isCode(id);
}

/** The name to write on its own: the title, or "Film 14". */
export function useProductName(words: Words): (product: Named) => string {
  const { t } = useTranslation('customers');
  return (product) => (isNameless(product) ? t('list.byId', { ...words.params, id: product.id }) : product.title);
}
