/** Text cut into words, in any script. */

/** Letters with their marks, and digits; everything else stands between words. */
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script_Extensions=Thai}\p{Script_Extensions=Lao}\p{Script_Extensions=Khmer}\p{Script_Extensions=Myanmar}]+/gu;

/**
 * The words of a text, in lower case and compatible characters made one (NFKC: full width digits are digits). Where a
 * script has no spaces between words, every two characters that stand side by side are a word (a character that
 * stands alone is one): such pairs find what words would find nearly as well, and no dictionary is needed (Nie, Gao,
 * Zhang & Zhou 2000, "On the use of words and n-grams for Chinese information retrieval").
 */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(WORD)) {
    let from = 0;
    for (const unspaced of run.matchAll(UNSPACED)) {
      if (unspaced.index > from) words.push(run.slice(from, unspaced.index));
      pushPairs(unspaced[0], words);
      from = unspaced.index + unspaced[0].length;
    }
    if (from < run.length) words.push(run.slice(from));
  }
  return words;
}

/** By characters, not by halves of them. */
function pushPairs(run: string, words: string[]): void {
  const characters = Array.from(run);
  if (characters.length === 1) words.push(run);
  for (let at = 1; at < characters.length; at++) words.push(characters[at - 1] + characters[at]);
}

/** Whether a text says something in words: letters, and more than one word of them (an id such as "SKU-1001" does not). */
export function isWorded(text: string): boolean {
  return /\p{L}/u.test(text) && (/\p{L}.*\s/u.test(text.trim()) || text.search(UNSPACED) >= 0);
}
