/** What the document calls those who were measured. */
const NAMES: Readonly<Record<string, string>> = {
  means: 'Averages (μ + b_u + b_i)',
  slopeOne: 'Slope One',
  slopeOneSurprise: 'Slope One, as Surprise (what is unknown: the mean of all ratings)',
  knnBaseline: 'k-NN baseline, as Surprise (customers, MSD, k = 40)',
  userNeighbours: 'Customer neighbours',
  itemNeighbours: 'Product neighbours',
  neumf: 'NeuMF',
  autorec: 'AutoRec',
  mf: 'Factorization',
  mf192: 'Factorization, k = 192',
  mfBest: 'Factorization, Best',
  svd: 'Truncated SVD',
  bpr: 'Pairwise ranking (BPR)',
  ease: 'EASE',
  vae: 'List autoencoder',
  hybrid: 'Blend of EASE and factorization',
  content: 'By description',
  markov: 'What follows what',
  trending: 'Bestsellers of late',
  popularity: 'Bestsellers',
  random: 'Random',
};

/** What an entrant of bench/quality.ts is called in the document. */
export const nameOf = (id: string) => NAMES[id] ?? id;
