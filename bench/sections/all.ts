import { accuracy } from './accuracy.ts';
import { answers } from './answers.ts';
import { autoencoder } from './autoencoder.ts';
import { datasets } from './datasets.ts';
import { epochs } from './epochs.ts';
import { imports } from './imports.ts';
import { kernels } from './kernels.ts';
import { large } from './large.ts';
import { leaderboard } from './leaderboard.ts';
import { lists } from './lists.ts';
import { native } from './native.ts';
import { parity } from './parity.ts';
import { reading } from './reading.ts';
import { responsiveness } from './responsiveness.ts';
import { roofline } from './roofline.ts';
import { scaling } from './scaling.ts';
import type { Section } from './section.ts';
import { speed } from './speed.ts';
import { textbook } from './textbook.ts';

/** In the order of the document. */
export const SECTIONS: readonly Section[] = [
  native,
  accuracy,
  autoencoder,
  epochs,
  lists,
  speed,
  answers,
  responsiveness,
  leaderboard,
  kernels,
  scaling,
  roofline,
  textbook,
  parity,
  imports,
  reading,
  large,
  datasets,
];
