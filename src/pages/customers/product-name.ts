/** How a product is spoken of when all that is known of it is its code. */
import type { ProductCard } from '../../worker/api.ts';

/** A product without a title whose id says nothing by itself: "14", "B00X4WHP5E"; not "Dune", not "Blue mug 3". */
export function isCode({ id, title }: Pick<ProductCard, 'id' | 'title'>): boolean {
  return title === id && /\d/.test(id) && !/\s/.test(id);
}
