import type { ModelName } from '../models/recommender.ts';

/** What each model is drawn in, everywhere: the strong ones in hues of their own, what they are held against in greys. */
export const MODEL_COLORS: Readonly<Record<ModelName, string>> = {
  mf: 'var(--tm-series-mf)',
  neumf: 'var(--tm-series-neural)',
  vae: 'var(--tm-series-vae)',
  autorec: 'var(--tm-series-autoencoder)',
  hybrid: 'var(--tm-series-hybrid)',
  ease: 'var(--tm-series-ease)',
  svd: 'var(--tm-series-linear)',
  bpr: 'var(--tm-series-linear)',
  itemNeighbours: 'var(--tm-series-neighbours)',
  userNeighbours: 'var(--tm-series-neighbours)',
  content: 'var(--tm-series-content)',
  markov: 'var(--tm-series-content)',
  slopeOne: 'var(--tm-series-neighbours)',
  means: 'var(--tm-series-baseline)',
  trending: 'var(--tm-series-baseline)',
  popularity: 'var(--tm-series-baseline)',
  random: 'var(--tm-series-baseline)',
};
