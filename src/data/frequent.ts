/** What the log says about a customer or product, row after row: the text said most often wins. */
import { Interner } from './columns.ts';
import { NO_CODE } from './interactions.ts';
import { isNothing, trimmed } from './values.ts';

/** Entity and text packed into one exact number: text codes stay below 2^26, entities below 2^27. */
const SHIFT = 2 ** 26;

export class MostFrequent {
  readonly #texts = new Interner();
  readonly #counts = new Map<number, number>();
  readonly #nothing: boolean[] = [];

  /** Counts the cell for this entity; empty cells say nothing. Returns the text's code, or NO_CODE. */
  add(entity: number, cell: string): number {
    const code = this.#texts.code(cell);
    if (code === this.#nothing.length) this.#nothing.push(isNothing(cell));
    if (this.#nothing[code]) return NO_CODE;
    const key = entity * SHIFT + code;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    return code;
  }

  /** For each of `entities` the text seen most often (the earlier one on a tie), '' where there was none. */
  winners(entities: number): string[] {
    const best = new Uint32Array(entities);
    const texts = new Array<string>(entities).fill('');
    for (const [key, count] of this.#counts) {
      const entity = Math.floor(key / SHIFT);
      if (entity < entities && count > best[entity]) {
        best[entity] = count;
        texts[entity] = trimmed(this.#texts.names[key % SHIFT]);
      }
    }
    return texts;
  }
}
