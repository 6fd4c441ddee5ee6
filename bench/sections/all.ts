import { accuracy } from './accuracy.ts';
import { datasets } from './datasets.ts';
import { imports } from './imports.ts';
import { kernels } from './kernels.ts';
import { lists } from './lists.ts';
import { parity } from './parity.ts';
import { roofline } from './roofline.ts';
import { scaling } from './scaling.ts';
import type { Section } from './section.ts';
import { speed } from './speed.ts';
import { textbook } from './textbook.ts';

/** In the order of the document. */
export const SECTIONS: readonly Section[] = [
  accuracy,
  lists,
  speed,
  kernels,
  scaling,
  roofline,
  textbook,
  parity,
  imports,
  datasets,
];
