/** The picture of who is like whom; `insight/heatmap-types.ts` says what it is made of. */
import type { HeatmapRequest } from '../../insight/heatmap-types.ts';

/** What a picture was asked for, of whichever rows. */
export type MapQuestion = Pick<HeatmapRequest, 'side' | 'measure' | 'run'>;
