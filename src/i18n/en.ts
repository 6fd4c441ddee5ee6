import { first } from './en-first.ts';
import { story } from './en-story.ts';

/** English: the language the keys are typed by. The page fetches its parts one after the other. */
export const english = { ...first, ...story };
