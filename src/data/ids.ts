/** External ids to numbers, noticing cells that hold no id and ids a spreadsheet has damaged. */
import { Interner } from './columns.ts';
import { isDamagedId, isNothing, trimmed } from './values.ts';

/** What `IdInterner.code` answers for a cell without an id. */
export const NO_ID = -1;

/**
 * Ids keep every character they have (`0120735` stays), except white space around them. Each distinct cell
 * is examined once; a million rows of ten thousand ids cost ten thousand examinations.
 */
export class IdInterner {
  readonly #ids = new Interner();
  readonly #cells = new Map<string, number>();
  readonly #damaged = new Set<number>();
  #lastCell: string | null = null;
  #lastCode = 0;

  get names(): readonly string[] {
    return this.#ids.names;
  }

  /** The number of the id in this cell, or NO_ID. */
  code(cell: string): number {
    if (cell === this.#lastCell) return this.#lastCode;
    let code = this.#cells.get(cell);
    if (code === undefined) {
      code = isNothing(cell) ? NO_ID : this.#add(trimmed(cell));
      // The interner holds an own copy of the id; its text is the key here too unless white space was removed.
      this.#cells.set(code === NO_ID || cell.length !== this.names[code].length ? cell : this.names[code], code);
    }
    this.#lastCell = cell;
    this.#lastCode = code;
    return code;
  }

  /** The number of an id seen before, or NO_ID. */
  find(cell: string): number {
    return this.#ids.find(trimmed(cell));
  }

  /** Numbers of the ids that look like `9,78E+12`. */
  get damaged(): ReadonlySet<number> {
    return this.#damaged;
  }

  #add(id: string): number {
    const before = this.#ids.names.length;
    const code = this.#ids.code(id);
    if (code === before && isDamagedId(id)) this.#damaged.add(code);
    return code;
  }
}
