/** Roles of a table read as a log: who did what, how much, when. */
import { columnName } from './columns-of.ts';
import { hintOfName, type NameHint } from './header-words.ts';
import { type ColumnRole, isSingle, type Role, type RoleReason } from './plan.ts';
import { type ColumnProfile, isKey, profileColumn } from './profile.ts';
import type { TablePreview } from './table.ts';
import { parseNumber } from './values.ts';

export interface LogReading {
  readonly columns: readonly ColumnRole[];
  readonly profiles: readonly ColumnProfile[];
  /** How much like a log the table is; above 0 it may be one. */
  readonly score: number;
  /** The header names both a customer and a product. */
  readonly named: boolean;
  /** Two columns that could both be the rating. */
  readonly ambiguous: readonly [string, string] | null;
}

interface Candidate {
  readonly column: number;
  readonly role: Role;
  readonly confidence: number;
  readonly reason: RoleReason;
}

/** Numbers, times and texts that a role cannot do without: below this share of fitting cells the name does not count. */
const FITTING = 0.7;
/** A second rating candidate this close to the first makes a question. */
const CLOSE = 0.15;
/** Distinct values a rating scale has at most (0.5 … 10 in halves is 20). */
const MOST_MARKS = 21;
const EVENT_WORDS =
  /^(?:view(?:ed)?|click(?:ed)?|add_?to_?cart|cart|purchased?|buy|transaction|order(?:ed)?|play(?:ed)?|like|fav(?:ou?rite)?|pv|wishlist|remove_from_cart|购买|浏览|点击|收藏|加购)$/i;

/** Proposes roles for the columns of a table taken as the log. */
export function readAsLog(preview: TablePreview): LogReading {
  const profiles = preview.cells.map(profileColumn);
  const hints = preview.names.map((name) => (name.trim() === '' ? null : hintOfName(name)));
  const candidates = profiles.flatMap((profile, column) => candidatesOf(column, profile, hints[column], preview));
  candidates.sort((a, b) => b.confidence - a.confidence || a.column - b.column);
  const chosen = new Map<number, Candidate>();
  const taken = new Set<Role>();
  for (const candidate of candidates) {
    if (chosen.has(candidate.column)) continue;
    if (isSingle(candidate.role)) {
      if (taken.has(candidate.role)) continue;
      taken.add(candidate.role);
    }
    chosen.set(candidate.column, candidate);
  }
  fillIds(profiles, hints, chosen, taken, preview);
  const columns = profiles.map((profile, column): ColumnRole => {
    const choice = chosen.get(column);
    if (choice) return { role: choice.role, confidence: choice.confidence, reason: choice.reason };
    return leftOver(profile);
  });
  const named = namesWhoAndWhat(hints);
  return {
    columns,
    profiles,
    score: logScore(columns, profiles, named),
    named,
    ambiguous: rivals(candidates, columns, preview),
  };
}

/** Roles a column could have, by name and by content; ids without a name are left to `fillIds`. */
function candidatesOf(
  column: number,
  profile: ColumnProfile,
  hint: NameHint | null,
  preview: TablePreview,
): Candidate[] {
  const candidates: Candidate[] = [];
  const add = (role: Role, confidence: number, reason: RoleReason) =>
    candidates.push({ column, role, confidence, reason });
  if (profile.filled === 0) {
    add('ignore', 0.9, { code: 'constant', params: { value: '' } });
    return candidates;
  }
  if (hint !== null && fits(hint.role, profile)) {
    const isMeasure = hint.role === 'rating' && profile.max > 100;
    const role = isMeasure ? 'quantity' : hint.role;
    if (role === 'rating' && profile.distinct === 1) {
      add('rating', 0.75, { code: 'constant', params: { value: profile.example } });
    } else {
      // "Name" over order numbers is a weaker title than a column of names
      const strength = role === 'title' && profile.phrases < 0.1 ? hint.strength - 0.3 : hint.strength;
      add(role, strength, { code: 'nameMatches', params: { name: columnName(preview, column) } });
    }
    return candidates;
  }
  const weight = hint === null ? 1 : 0.6;
  if (profile.times > 0.95) {
    const code = profile.epoch ? 'looksLikeEpoch' : 'looksLikeDate';
    add('time', 0.85 * weight, { code, params: { example: profile.example } });
  }
  const scale = scaleConfidence(column, profile, preview);
  if (scale > 0) {
    const { min, max, distinct } = profile;
    add('rating', scale * weight, { code: 'smallScale', params: { min, max, distinct } });
  }
  if (profile.distinct <= 12 && [...profile.values].some((value) => EVENT_WORDS.test(value.trim()))) {
    add('event', 0.85 * weight, { code: 'eventWords', params: { example: profile.example } });
  }
  if (profile.numbers > 0.95 && profile.money > 0.8 && profile.integers < 0.5 && profile.distinct > MOST_MARKS) {
    add('price', 0.6 * weight, { code: 'money', params: { example: profile.example } });
  }
  if (profile.phrases > 0.5 && profile.meanLength < 120 && profile.distinct > 12) {
    add('title', 0.5 * weight, { code: 'text', params: { example: profile.example } });
  }
  return candidates;
}

/** Whether the cells can play the role the name promises. */
function fits(role: Role, profile: ColumnProfile): boolean {
  if (role === 'rating' || role === 'quantity' || role === 'price') return profile.numbers >= FITTING;
  if (role === 'time') return profile.times >= FITTING;
  if (role === 'event') return profile.distinct <= 50;
  return true;
}

/** How much a nameless column looks like ratings; ids of the first rows of a sorted file are small numbers too. */
function scaleConfidence(column: number, profile: ColumnProfile, preview: TablePreview): number {
  const { numbers, distinct, min, max, sorted, values } = profile;
  if (numbers < 0.9 || distinct < 2 || distinct > MOST_MARKS || min < -10 || max > 100) return 0;
  // A rating needs two more columns; yes and no under a name that does not say "rating" is a flag.
  if (preview.names.length < 3 || (distinct === 2 && preview.names[column].trim() !== '')) return 0;
  // beyond ten: percentages in steps, never ages
  if (max > 10 && (distinct > 11 || [...values].some((value) => parseNumber(value) % 5 !== 0))) return 0;
  let confidence = distinct >= 3 ? 0.75 : 0.5;
  if (column >= 2) confidence += 0.1;
  if (sorted && profile.rows > 10) confidence -= 0.5;
  if (profile.filled > 20 && distinct * 4 > profile.filled) confidence -= 0.3;
  return Math.max(0, confidence);
}

/**
 * Customer and product where no name said so: the free columns that look like ids, in their order (the usual one is
 * customer, product). Where there are none, a session stands for a customer, and a title for a product.
 */
function fillIds(
  profiles: readonly ColumnProfile[],
  hints: readonly (NameHint | null)[],
  chosen: Map<number, Candidate>,
  taken: Set<Role>,
  preview: TablePreview,
): void {
  const wanted = (['customer', 'product'] as const).filter((role) => !taken.has(role));
  const isFree = (column: number) => !chosen.has(column) && hints[column] === null;
  const ids = profiles.flatMap((profile, column) => (isFree(column) && looksLikeIds(profile) ? [column] : []));
  const index = ids.findIndex((column) => isRowNumber(profiles[column]));
  if (index >= 0 && ids.length > wanted.length && chosen.size > 0) ids.splice(index, 1);
  const nameless = preview.names.every((name) => name.trim() === '');
  for (const role of wanted) {
    const column = ids.shift() ?? standIn(role, profiles, chosen, isFree);
    if (column === undefined) continue;
    const { distinct, rows } = profiles[column];
    const byOrder = nameless && distinct < rows;
    chosen.set(column, {
      column,
      role,
      confidence: !looksLikeIds(profiles[column])
        ? 0.5
        : wanted.length === 1
          ? 0.6
          : nameless && chosen.size > 0
            ? 0.75
            : 0.55,
      reason: byOrder ? { code: 'position', params: {} } : { code: 'distinctIds', params: { distinct, rows } },
    });
    taken.add(role);
  }
}

function standIn(
  role: 'customer' | 'product',
  profiles: readonly ColumnProfile[],
  chosen: ReadonlyMap<number, Candidate>,
  isFree: (column: number) => boolean,
): number | undefined {
  const columns = profiles.map((_, column) => column);
  const texts = (column: number) => profiles[column].phrases > 0.2 && profiles[column].meanLength < 60;
  const free = columns.find((column) => isFree(column) && texts(column) && profiles[column].distinct > 1);
  if (free !== undefined) return free;
  const wanted: readonly Role[] = role === 'product' ? ['title'] : ['order', 'title'];
  return columns.find((column) => wanted.includes(chosen.get(column)?.role as Role));
}

function looksLikeIds(profile: ColumnProfile): boolean {
  if (profile.filled === 0 || profile.urls > 0 || profile.distinct < 2) return false;
  if (profile.phrases > 0.2 || profile.meanLength > 60) return false;
  return profile.numbers < 0.05 || profile.integers > 0.99;
}

/** 0, 1, 2 … or 1, 2, 3 …: the row number some programs write in front. */
function isRowNumber(profile: ColumnProfile): boolean {
  return (
    profile.sorted &&
    profile.rows > 3 &&
    profile.distinct === profile.rows &&
    profile.min <= 1 &&
    profile.max === profile.min + profile.rows - 1
  );
}

function leftOver(profile: ColumnProfile): ColumnRole {
  if (profile.distinct <= 1) {
    return { role: 'ignore', confidence: 0.8, reason: { code: 'constant', params: { value: profile.example } } };
  }
  if (
    profile.numbers < 0.1 &&
    profile.distinct <= 60 &&
    profile.distinct * 4 < profile.filled &&
    profile.meanLength < 40
  ) {
    return {
      role: 'attribute',
      confidence: 0.5,
      reason: { code: 'fewValues', params: { distinct: profile.distinct } },
    };
  }
  return { role: 'ignore', confidence: 0.5, reason: { code: 'notNeeded', params: {} } };
}

function namesWhoAndWhat(hints: readonly (NameHint | null)[]): boolean {
  return hints.some((hint) => hint?.role === 'customer') && hints.some((hint) => hint?.role === 'product');
}

function logScore(columns: readonly ColumnRole[], profiles: readonly ColumnProfile[], named: boolean): number {
  const confidence = (role: Role) => columns.find((column) => column.role === role)?.confidence ?? 0;
  const customer = columns.findIndex((column) => column.role === 'customer');
  const product = columns.findIndex((column) => column.role === 'product');
  if (customer < 0 || product < 0) return 0;
  const measure = Math.max(confidence('rating'), confidence('quantity'), confidence('event') * 0.9);
  const score = confidence('customer') + confidence('product') + measure + 0.3 * confidence('time');
  // A table with one row per id rather describes those ids, unless its names say who and what.
  const describes = !named && profiles[0].rows >= 20 && (isKey(profiles[customer]) || isKey(profiles[0]));
  return describes ? score - (measure > 0 ? 1.2 : 2) : score;
}

/** Rating columns that are about equally likely; a column needed as an id is no rival. */
function rivals(
  candidates: readonly Candidate[],
  columns: readonly ColumnRole[],
  preview: TablePreview,
): readonly [string, string] | null {
  const isId = ({ column }: Candidate) => columns[column].role === 'customer' || columns[column].role === 'product';
  const ratings = candidates.filter((candidate) => candidate.role === 'rating' && !isId(candidate));
  if (ratings.length < 2 || ratings[0].confidence - ratings[1].confidence > CLOSE) return null;
  const [first, second] = ratings.slice(0, 2).sort((a, b) => a.column - b.column);
  return [columnName(preview, first.column), columnName(preview, second.column)];
}
