/** External ids to numbers, noticing cells that hold no id and ids a spreadsheet has damaged. */
import { CellCodes } from './cell-codes.ts';
import { Interner } from './columns.ts';
import { isDamagedId, isNothing, trimmed } from './values.ts';

/** What an id column answers for a cell without an id. */
export const NO_ID = -1;

/**
 * Ids keep every character they have (`0120735` stays), except white space around them. `cells` gives the
 * numbers of a column; each distinct cell is examined once.
 */
export class IdInterner {
  readonly cells = new CellCodes((cell) => (isNothing(cell) ? NO_ID : this.#add(trimmed(cell))));
  readonly #ids = new Interner();
  readonly #damaged = new Set<number>();

  get names(): readonly string[] {
    return this.#ids.names;
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
