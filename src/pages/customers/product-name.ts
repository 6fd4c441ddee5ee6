/** How a product is spoken of when all that is known of it is its code. */
import { useTranslation } from 'react-i18next';
import type { Words } from '../../i18n/words.ts';
import type { ProductCard } from '../../worker/api.ts';

type Named = Pick<ProductCard, 'id' | 'title'>;

/** A product without a title whose id says nothing by itself: "14", "B00X4WHP5E"; not "Dune", not "Blue mug 3". */
export function isCode({ id, title }: Named): boolean {
  return title === id && /\d/.test(id) && !/\s/.test(id);
}

/** The name to write on its own: the title, or "Film 14". */
export function useProductName(words: Words): (product: Named) => string {
  const { t } = useTranslation('customers');
  return (product) => (isCode(product) ? t('list.byId', { ...words.params, id: product.id }) : product.title);
}
