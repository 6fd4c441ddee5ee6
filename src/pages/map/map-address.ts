/** What the Map shows, in the address: `#/map?side=customers&measure=jaccard&count=500&search=wolf`. */

import type { HeatmapRequest } from '../../insight/heatmap-types.ts';
import { measuresFor } from '../../insight/measures.ts';
import type { Params } from '../../store/route.ts';
import type { DatasetSummary } from '../../worker/api/data.ts';

/** How many rows may be asked for. */
export const SIZES = [48, 120, 500, 2000] as const;

/** Large enough for groups to show, small enough to come at once. */
const FIRST: HeatmapRequest = { side: 'products', measure: 'cosine', size: 120, choose: { by: 'popularity' } };

/**
 * What an address asks for; what it does not say, or says wrongly for this data, is as the Map begins.
 * The model's own space is asked for only once there is a model.
 */
export function requestOf(
  { side, measure, count, category, search }: Params,
  data: Pick<DatasetSummary, 'feedback' | 'categories'>,
  trained: boolean,
): HeatmapRequest {
  const wanted = search?.trim() ?? '';
  return {
    side: side === 'customers' ? side : FIRST.side,
    measure: measuresFor(data).find((known) => known === measure && (trained || known !== 'model')) ?? FIRST.measure,
    size: SIZES.find((size) => String(size) === count) ?? FIRST.size,
    choose:
      category !== undefined && data.categories.includes(category)
        ? { by: 'category', category }
        : wanted !== ''
          ? { by: 'search', query: wanted }
          : FIRST.choose,
  };
}

/** The address of a request; what is as the Map begins is not written. */
export function paramsOf({ side, measure, size, choose }: HeatmapRequest): Params {
  return {
    ...(side === FIRST.side ? {} : { side }),
    ...(measure === FIRST.measure ? {} : { measure }),
    ...(size === FIRST.size ? {} : { count: String(size) }),
    ...(choose.by === 'category' ? { category: choose.category } : {}),
    ...(choose.by === 'search' ? { search: choose.query } : {}),
  };
}
