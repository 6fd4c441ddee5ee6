/** What the log says about a customer or product, row after row: the text said most often wins. */
import { CellCodes } from './cell-codes.ts';
import type { CellColumn } from './cells.ts';
import { Interner } from './columns.ts';
import { isNothing, trimmed } from './values.ts';

/** Entity and text packed into one exact number: text codes stay below 2^26, entities below 2^27. */
const SHIFT = 2 ** 26;

export class MostFrequent {
  readonly #texts = new Interner();
  readonly #counts = new Map<number, number>();
  readonly #nothing: boolean[] = [];
  readonly #cells = new CellCodes((cell) => {
    const code = this.#texts.code(cell);
    if (code === this.#nothing.length) this.#nothing.push(isNothing(cell));
    return code;
  });
  /** The text an entity had last and how often in a row: it rarely changes, so the map is rarely touched. */
  readonly #lastText: number[] = [];
  readonly #pending: number[] = [];

  /**
   * Counts the cell of each row rows[k] for entities[k], k < count (empty cells say nothing); out[k] is a number that
   * stands for its text.
   */
  read(column: CellColumn, rows: Uint32Array, count: number, entities: Int32Array, out: Int32Array): void {
    this.#cells.read(column, rows, count, out);
    for (let k = 0; k < count; k++) if (!this.#nothing[out[k]]) this.#add(entities[k], out[k]);
  }

  #add(entity: number, code: number): void {
    if (this.#lastText[entity] === code) this.#pending[entity]++;
    else {
      while (this.#lastText.length <= entity) {
        this.#lastText.push(-1);
        this.#pending.push(0);
      }
      this.#flush(entity);
      // The earlier of two equally frequent texts wins: it takes its place in the map when first seen.
      this.#count(entity, code, 0);
      this.#lastText[entity] = code;
      this.#pending[entity] = 1;
    }
  }

  /** For each of `entities` the text seen most often (the earlier one on a tie), '' where there was none. */
  winners(entities: number): string[] {
    for (let entity = 0; entity < this.#pending.length; entity++) this.#flush(entity);
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

  #flush(entity: number): void {
    if (this.#pending[entity] > 0) this.#count(entity, this.#lastText[entity], this.#pending[entity]);
    this.#pending[entity] = 0;
  }

  #count(entity: number, code: number, times: number): void {
    const key = entity * SHIFT + code;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + times);
  }
}
