/** Customers and products with what other tables and the log itself say about them. */
import { AppError, throwIfAborted } from '../base/error.ts';
import type { OnProgress } from '../base/progress.ts';
import { Interner } from './columns.ts';
import {
  columnName,
  columnOf,
  columnsOf,
  headerOverride,
  isFlagColumn,
  isWholeFloats,
  listSeparator,
  type PlannedTable,
} from './columns-of.ts';
import { type Attribute, type Dictionary, type EntityTable, type MultiDictionary, NO_CODE } from './interactions.ts';
import { ownText } from './read/own-text.ts';
import { ROW_SHAPE, type TableSource } from './table.ts';
import { isNothing, trimmed } from './values.ts';

export interface JoinResult {
  readonly table: string;
  readonly matched: number;
  readonly total: number;
  /** Bytes of another encoding than the table's. */
  readonly mended: number;
}

/** "(no genres listed)" and the like say that there is none. */
const NO_CATEGORY = /^\(no .*\)$|^unknown$/i;

/** Collects, id by id, what is known; `build` makes the immutable table. */
export class EntityBuilder {
  readonly #rowOf = new Map<string, number>();
  readonly #titles: string[];
  #hasTitles = false;
  readonly #categoryNames = new Interner();
  readonly #categories: (number[] | undefined)[];
  readonly #attributes = new Map<string, string[]>();

  constructor(readonly ids: readonly string[]) {
    ids.forEach((id, row) => {
      this.#rowOf.set(id, row);
    });
    this.#titles = new Array<string>(ids.length).fill('');
    this.#categories = new Array<number[] | undefined>(ids.length);
  }

  /** Titles in row order, '' where unknown; an id that has one already keeps it. */
  addTitles(titles: readonly string[]): void {
    this.#hasTitles = true;
    titles.forEach((title, row) => {
      if (this.#titles[row] === '') this.#titles[row] = title;
    });
  }

  addCategory(row: number, cell: string, separator: string | null): void {
    for (const part of separator === null ? [cell] : cell.split(separator)) {
      const name = trimmed(part);
      if (isNothing(name) || NO_CATEGORY.test(name)) continue;
      const code = this.#categoryNames.code(name);
      const known = this.#categories[row];
      if (known === undefined) this.#categories[row] = [code];
      else if (!known.includes(code)) known.push(code);
    }
  }

  addAttribute(name: string, row: number, cell: string): void {
    let values = this.#attributes.get(name);
    if (values === undefined) {
      values = new Array<string>(this.ids.length).fill('');
      this.#attributes.set(name, values);
    }
    if (values[row] === '' && !isNothing(cell)) values[row] = trimmed(cell);
  }

  /** Reads a table that describes these ids. Rows of ids nobody has are passed over; the first row of an id counts. */
  async join(
    { source, preview, table: plan }: PlannedTable,
    keyRole: 'customer' | 'product',
    flagNames: ReadonlyMap<number, string>,
    options: { onProgress?: OnProgress; signal?: AbortSignal },
  ): Promise<JoinResult> {
    const key = columnOf(plan, keyRole);
    if (key < 0) throw new AppError('columnMissing', { role: keyRole });
    const title = columnOf(plan, 'title');
    const categories = columnsOf(plan, 'category').map((column) => ({
      column,
      flag: isFlagColumn(preview.cells[column]) ? (flagNames.get(column) ?? columnName(preview, column)) : null,
      separator: listSeparator(preview.cells[column]),
    }));
    const attributes = columnsOf(plan, 'attribute').map((column) => ({
      column,
      name: columnName(preview, column),
      whole: isWholeFloats(preview.cells[column]),
    }));
    if (title >= 0) this.#hasTitles = true;
    const loose = this.#looseLookup(preview.cells[key]);
    const done = new Uint8Array(this.ids.length);
    let matched = 0;
    let mended = 0;
    const rows = source.batches({
      signal: options.signal,
      onProgress: (progress) => options.onProgress?.({ ...progress, step: 'joining' }),
      overrides: headerOverride(source, plan),
    });
    for await (const batch of rows) {
      throwIfAborted(options.signal);
      mended += batch.mended ?? 0;
      for (let r = 0; r < batch.rows; r++) {
        if (batch.blank[r] === 1 || batch.shapes[r] === ROW_SHAPE.binary) continue;
        const cell = trimmed(batch.columns[key].text(r));
        const row = this.#rowOf.get(cell) ?? loose?.get(looseId(cell));
        if (row === undefined || done[row] === 1) continue;
        done[row] = 1;
        matched++;
        if (title >= 0 && this.#titles[row] === '') this.#titles[row] = ownText(trimmed(batch.columns[title].text(r)));
        for (const { column, flag, separator } of categories) {
          const text = batch.columns[column].text(r);
          if (flag === null) this.addCategory(row, text, separator);
          else if (/^\s*(?:1|true)\s*$/i.test(text)) this.addCategory(row, flag, null);
        }
        for (const { column, name, whole } of attributes) {
          const text = batch.columns[column].text(r);
          this.addAttribute(name, row, whole ? text.slice(0, text.indexOf('.')) : text);
        }
      }
    }
    return { table: source.name, matched, total: this.ids.length, mended };
  }

  build(): EntityTable {
    return {
      ids: this.ids,
      titles: this.#hasTitles ? this.#titles : null,
      categories: this.#categoryNames.names.length > 0 ? this.#buildCategories() : null,
      attributes: [...this.#attributes].map(([name, texts]): Attribute => ({ name, values: dictionary(texts) })),
    };
  }

  /**
   * When fewer than half of the table's ids are found as they stand, ids are also compared without leading zeros and
   * without a trailing ".0" (what spreadsheets and float columns do to them), where that stays unambiguous.
   */
  #looseLookup(keys: readonly string[]): Map<string, number> | null {
    const exact = keys.reduce((count, cell) => count + (this.#rowOf.has(trimmed(cell)) ? 1 : 0), 0);
    if (exact * 2 >= Math.min(keys.length, this.ids.length)) return null;
    const lookup = new Map<string, number>();
    for (const [row, id] of this.ids.entries()) {
      const loose = looseId(id);
      if (lookup.has(loose)) return null;
      lookup.set(loose, row);
    }
    return lookup;
  }

  #buildCategories(): MultiDictionary {
    const pointers = new Uint32Array(this.ids.length + 1);
    const codes: number[] = [];
    for (let row = 0; row < this.ids.length; row++) {
      for (const code of this.#categories[row] ?? []) codes.push(code);
      pointers[row + 1] = codes.length;
    }
    return { names: this.#categoryNames.names, pointers, codes: Uint32Array.from(codes) };
  }
}

function looseId(id: string): string {
  return id.replace(/\.0+$/, '').replace(/^0+(?=.)/, '');
}

/** Texts by row as names and codes; '' is "none". */
export function dictionary(texts: readonly string[]): Dictionary {
  const names = new Interner();
  return { codes: Uint32Array.from(texts, (text) => (text === '' ? NO_CODE : names.code(text))), names: names.names };
}

/**
 * Names for flag columns of a table without a header, from another table that lists exactly as many names as there
 * are flags (`u.genre` beside `u.item`): "Action|1" in any order, or one name per line.
 */
export function namesOfFlags(
  { source, preview: flagged, table: plan }: PlannedTable,
  tables: readonly TableSource[],
): Map<number, string> {
  const flags = columnsOf(plan, 'category').filter((column) => isFlagColumn(flagged.cells[column]));
  const names = new Map<number, string>();
  if (plan.hasHeader || flags.length < 3) return names;
  for (const { id, preview } of tables) {
    if (id === source.id || preview.names.length > 2) continue;
    const rows = preview.cells[0]
      ?.map((name, row) => ({ name: name.trim(), position: preview.cells[1]?.[row]?.trim() }))
      .filter(({ name }) => name !== '');
    if (rows === undefined || rows.length !== flags.length || rows.some(({ name }) => /^\d/.test(name))) continue;
    rows.forEach(({ name, position }, row) => {
      const at = position !== undefined && /^\d+$/.test(position) ? Number(position) : row;
      if (flags[at] !== undefined) names.set(flags[at], name);
    });
    if (names.size === flags.length) return names;
    names.clear();
  }
  return names;
}
