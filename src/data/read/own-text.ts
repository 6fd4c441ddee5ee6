/** V8 lets a substring of this length or more point into its parent instead of copying. */
const SHARED_FROM = 13;

/**
 * The same text in memory of its own. Cells of a text table may be views into the half megabyte they were
 * cut from; one of them kept (as a key, as a title) keeps all of that alive. Whoever keeps cells beyond
 * their batch keeps `ownText(cell)`.
 */
export function ownText(text: string): string {
  return text.length < SHARED_FROM ? text : text.split('').join('');
}
