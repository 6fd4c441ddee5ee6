/** Tables that describe products or customers: whether they join the log, by which column, and what they tell. */
import { columnName } from './columns-of.ts';
import { headerWords, hintOfName, sameName } from './header-words.ts';
import type { ColumnRole, Role, RoleReason, TableUse } from './plan.ts';
import { type ColumnProfile, isKey, profileColumn } from './profile.ts';
import type { TablePreview, TableSource } from './table.ts';

/** One side of the log: the ids its preview shows and the name of their column. */
export interface LogSide {
  readonly use: 'products' | 'customers';
  readonly name: string;
  readonly ids: ReadonlySet<string>;
}

export interface EntityReading {
  readonly use: 'products' | 'customers';
  readonly columns: readonly ColumnRole[];
}

const FILE_WORDS: Readonly<Record<'products' | 'customers', RegExp>> = {
  products:
    /^(?:items?|products?|movies?|films?|books?|artists?|songs?|tracks?|games?|titles?|catalog(?:ue)?|goods|animes?|商品|产品)$/,
  customers: /^(?:users?|customers?|clients?|members?|people|persons?|readers?|profiles?|accounts?|用户|客户|会员)$/,
};
/** Share of the log's ids that have to be found in the preview of a table whose names say nothing. */
const ENOUGH_FOUND = 0.2;
/** Flag columns from which they are read as a list of categories. */
const FEWEST_FLAGS = 3;

/** How well a table joins one side of the log by one of its columns; null where it does not. */
interface Join {
  readonly use: 'products' | 'customers';
  readonly key: number;
  readonly score: number;
  readonly found: number;
  readonly named: boolean;
}

/** Reads a table as a description of one side of the log (or of the side given), null where it is none. */
export function readAsEntities(
  source: TableSource,
  preview: TablePreview,
  sides: readonly LogSide[],
): EntityReading | null {
  const profiles = preview.cells.map(profileColumn);
  let best: Join | null = null;
  for (const side of sides) {
    for (let key = 0; key < profiles.length; key++) {
      const join = joinBy(source, preview, profiles, key, side);
      if (join !== null && (best === null || join.score > best.score)) best = join;
    }
  }
  if (best === null) return null;
  const columns = describeColumns(preview, profiles, best);
  const tells = columns.some(({ role }) => role === 'title' || role === 'category' || role === 'attribute');
  return tells ? { use: best.use, columns } : null;
}

/** The same when the person says what the table is for: the best key is taken even if it joins nothing. */
export function describeAs(
  source: TableSource,
  preview: TablePreview,
  use: Extract<TableUse, 'products' | 'customers'>,
  sides: readonly LogSide[],
): readonly ColumnRole[] {
  const reading = readAsEntities(
    source,
    preview,
    sides.filter((side) => side.use === use),
  );
  if (reading !== null) return reading.columns;
  const profiles = preview.cells.map(profileColumn);
  const key = Math.max(0, profiles.findIndex(isKey));
  return describeColumns(preview, profiles, { use, key, score: 0, found: 0, named: false });
}

function joinBy(
  source: TableSource,
  preview: TablePreview,
  profiles: readonly ColumnProfile[],
  key: number,
  side: LogSide,
): Join | null {
  const profile = profiles[key];
  if (!isKey(profile) || profile.phrases > 0.5) return null;
  let common = 0;
  for (const id of side.ids) if (profile.values.has(id)) common++;
  const found = side.ids.size === 0 ? 0 : common / side.ids.size;
  const name = preview.names[key] ?? '';
  const hinted = hintOfName(name)?.role === (side.use === 'products' ? 'product' : 'customer');
  const named = sameName(name, side.name);
  const fileSays = headerWords(source.name).some((word) => FILE_WORDS[side.use].test(word));
  if (found < ENOUGH_FOUND && !named && !hinted && !(fileSays && found > 0)) return null;
  const union = side.ids.size + profile.distinct - common;
  const looks = side.use === 'products' && profiles.some((other) => other.phrases > 0.5) ? 0.2 : 0;
  const score =
    found + common / union + (named ? 1 : 0) + (hinted ? 0.5 : 0) + (fileSays ? 0.4 : 0) + looks - key * 0.001;
  return { use: side.use, key, score, found, named };
}

function describeColumns(preview: TablePreview, profiles: readonly ColumnProfile[], join: Join): ColumnRole[] {
  const keyRole: Role = join.use === 'products' ? 'product' : 'customer';
  const flags = profiles.filter((profile) => profile.flags).length;
  const title = join.use === 'products' ? titleColumn(preview, profiles, join.key) : -1;
  return profiles.map((profile, column): ColumnRole => {
    if (column === join.key) {
      const share = Math.round(join.found * 100);
      return { role: keyRole, confidence: 0.5 + join.found / 2, reason: { code: 'joinsLog', params: { share } } };
    }
    if (column === title) {
      const named = hintOfName(preview.names[column] ?? '')?.role === 'title';
      return { role: 'title', confidence: named ? 0.95 : 0.7, reason: why(named, preview, column, profile) };
    }
    return descriptive(preview, profile, column, flags);
  });
}

function why(named: boolean, preview: TablePreview, column: number, profile: ColumnProfile): RoleReason {
  return named
    ? { code: 'nameMatches', params: { name: columnName(preview, column) } }
    : { code: 'text', params: { example: profile.example } };
}

/** The column named title or name; several: the one with the most different phrases. Otherwise the first that reads like titles. */
function titleColumn(preview: TablePreview, profiles: readonly ColumnProfile[], key: number): number {
  const named = preview.names
    .map((name, column) => ({ column, hint: hintOfName(name) }))
    .filter(({ column, hint }) => column !== key && hint?.role === 'title' && profiles[column].filled > 0)
    .sort((a, b) => filledShare(profiles[b.column]) - filledShare(profiles[a.column]) || strength(b) - strength(a));
  if (named.length > 0) return named[0].column;
  return profiles.findIndex(
    ({ distinct, filled, phrases, numbers, times, urls }, column) =>
      column !== key &&
      filled > 0 &&
      distinct > filled / 2 &&
      phrases > 0.2 &&
      numbers < 0.5 &&
      times < 0.5 &&
      urls === 0,
  );
}

function strength({ hint }: { hint: { strength: number } | null }): number {
  return hint?.strength ?? 0;
}

function filledShare(profile: ColumnProfile): number {
  return Math.round((20 * profile.filled) / Math.max(1, profile.rows));
}

function descriptive(preview: TablePreview, profile: ColumnProfile, column: number, flags: number): ColumnRole {
  const name = preview.names[column] ?? '';
  const hint = name.trim() === '' ? null : hintOfName(name);
  const named: RoleReason = { code: 'nameMatches', params: { name: columnName(preview, column) } };
  const ignore: ColumnRole = { role: 'ignore', confidence: 0.7, reason: { code: 'notNeeded', params: {} } };
  if (profile.filled === 0 || profile.distinct === 1) {
    return { role: 'ignore', confidence: 0.8, reason: { code: 'constant', params: { value: profile.example } } };
  }
  if (profile.urls > 0.5) return ignore;
  if (profile.flags && flags >= FEWEST_FLAGS) {
    return { role: 'category', confidence: 0.8, reason: { code: 'flags', params: { distinct: flags } } };
  }
  if (hint?.role === 'category' && profile.numbers < 0.9) return { role: 'category', confidence: 0.9, reason: named };
  if (hint?.role === 'attribute') return { role: 'attribute', confidence: 0.85, reason: named };
  if (hint !== null) return ignore;
  const parts = new Set([...profile.values].flatMap((value) => value.split('|')));
  const listed = [...profile.values].some((value) => value.includes('|'));
  if (listed && parts.size * 3 < profile.filled) {
    return { role: 'category', confidence: 0.8, reason: { code: 'fewValues', params: { distinct: parts.size } } };
  }
  if (profile.distinct <= 100 && profile.distinct * 4 < profile.filled && profile.times < 0.5) {
    return {
      role: 'attribute',
      confidence: 0.6,
      reason: { code: 'fewValues', params: { distinct: profile.distinct } },
    };
  }
  return ignore;
}
