/** What to call the things and the people of a data set: films and viewers rather than products and customers. */
import { columnOf } from './columns-of.ts';
import { headerWords } from './header-words.ts';
import type { ImportPlan, Role } from './plan.ts';
import type { TableSource } from './table.ts';

export type ThingWord = 'product' | 'film' | 'book' | 'artist' | 'song' | 'game';
export type PersonWord = 'customer' | 'viewer' | 'reader' | 'listener' | 'player';
/** What one kept row is: "388,335 purchases". */
export type ActionWord = 'rating' | 'purchase' | 'play' | 'event' | 'choice';

const THINGS: readonly (readonly [ThingWord, RegExp])[] = [
  ['film', /^(?:movie|film|cinema|imdb|tmdb|netflix|anime)|^(?:电影|影片|片名)/],
  ['book', /^(?:book|isbn|goodreads|goodbooks|novel)|^(?:图书|书籍|书名)/],
  ['artist', /^(?:artist|band|lastfm)|^(?:艺人|歌手)/],
  ['song', /^(?:song|track|music|spotify)|^(?:歌曲|歌名)/],
  ['game', /^(?:game|steam|boardgame)|^游戏/],
];

const PEOPLE: Readonly<Record<ThingWord, PersonWord>> = {
  product: 'customer',
  film: 'viewer',
  book: 'reader',
  artist: 'listener',
  song: 'listener',
  game: 'player',
};

/** Titles that end with a year in brackets are films. */
const FILM_TITLE = /\((?:18|19|20)\d\d\)\s*$/;
const MOSTLY = 0.6;

/**
 * The words, judged from the product column's name first, then the names of the tables in use, then the dropped file's
 * name, then the titles. Customers and products where nothing says otherwise.
 */
export function wordsFor(
  fileName: string,
  tables: readonly TableSource[],
  plan: ImportPlan,
): { readonly thing: ThingWord; readonly person: PersonWord } {
  const used = plan.tables.flatMap((table) => {
    const source = tables.find(({ id }) => id === table.source);
    return table.use === 'unused' || source === undefined ? [] : [{ table, source }];
  });
  const named = (role: 'product' | 'title') =>
    used.map(({ table, source }) => source.preview.names[columnOf(table, role)] ?? '');
  const texts = [
    ...named('product'),
    ...named('title'),
    ...used.map(({ source }) => source.name),
    ...used.map(({ source }) => source.id),
    fileName,
  ];
  const thing = texts.map(thingIn).find((word) => word !== null) ?? thingOfTitles(used) ?? 'product';
  return { thing, person: PEOPLE[thing] };
}

/** Things that are played, so that a count beside one is a play count. */
const PLAYED: ReadonlySet<ThingWord> = new Set(['artist', 'song', 'game']);

/** What one row of the log is called, judged from the columns that are used; a choice where nothing says more. */
export function actionFor(plan: ImportPlan, thing: ThingWord): ActionWord {
  if (plan.feedback.feedback === 'explicit') return 'rating';
  const log = plan.tables.filter(({ use }) => use === 'log');
  const has = (role: Role) => log.some((table) => columnOf(table, role) >= 0);
  if (has('event')) return 'event';
  if (has('price') || has('order')) return 'purchase';
  return has('quantity') && PLAYED.has(thing) ? 'play' : 'choice';
}

function thingIn(text: string): ThingWord | null {
  const words = headerWords(text);
  return THINGS.find(([, pattern]) => words.some((word) => pattern.test(word)))?.[0] ?? null;
}

function thingOfTitles(
  used: readonly { readonly table: ImportPlan['tables'][number]; readonly source: TableSource }[],
): ThingWord | null {
  for (const { table, source } of used) {
    const titles = source.preview.cells[columnOf(table, 'title')];
    if (titles === undefined || titles.length === 0) continue;
    const years = titles.reduce((count, title) => count + (FILM_TITLE.test(title) ? 1 : 0), 0);
    if (years >= MOSTLY * titles.length) return 'film';
  }
  return null;
}
