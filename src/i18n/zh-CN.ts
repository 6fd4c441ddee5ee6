import { first } from './zh-CN-first.ts';
import { story } from './zh-CN-story.ts';

/** Simplified Chinese. The page fetches its parts one after the other. */
export const chinese = { ...first, ...story };
