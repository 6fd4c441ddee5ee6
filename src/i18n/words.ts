/** What people and things are called in this data: "readers" and "books" rather than users and items. */
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { english } from './en.ts';
import { type Format, useFormat } from './format.ts';

export type ThingKey = keyof typeof english.common.things;
export type PersonKey = keyof typeof english.common.people;
export type ActionKey = keyof typeof english.common.actionCounts;

/** Which words to use; `DatasetSummary` is one. */
export interface WordChoice {
  readonly thing: ThingKey;
  readonly person: PersonKey;
  readonly action: ActionKey;
}

/**
 * Ready for `t(key, { ...words.params, … })`: sentences say {{things}}, {{aThing}}, {{People}} and
 * stay correct in both languages.
 */
export interface Words {
  readonly params: {
    readonly thing: string;
    readonly things: string;
    readonly aThing: string;
    readonly Thing: string;
    readonly Things: string;
    readonly person: string;
    readonly people: string;
    readonly aPerson: string;
    readonly Person: string;
    readonly People: string;
  };
  /** "9,990 books" */
  countThings(count: number): string;
  /** "2,672 readers" */
  countPeople(count: number): string;
  /** "388,335 purchases" */
  countActions(count: number): string;
}

/** The words for one choice in one language. */
export function wordsFor(t: TFunction<'common'>, format: Format, { thing, person, action }: WordChoice): Words {
  return {
    params: {
      thing: t(`things.${thing}.one`),
      things: t(`things.${thing}.many`),
      aThing: t(`things.${thing}.a`),
      Thing: t(`things.${thing}.One`),
      Things: t(`things.${thing}.Many`),
      person: t(`people.${person}.one`),
      people: t(`people.${person}.many`),
      aPerson: t(`people.${person}.a`),
      Person: t(`people.${person}.One`),
      People: t(`people.${person}.Many`),
    },
    countThings: (count) => t(`things.${thing}.count`, { count, n: format.number(count) }),
    countPeople: (count) => t(`people.${person}.count`, { count, n: format.number(count) }),
    countActions: (count) => t(`actionCounts.${action}.count`, { count, n: format.number(count) }),
  };
}

const USUAL: WordChoice = { thing: 'product', person: 'customer', action: 'choice' };

/** The words of the data on screen; products and customers until there is some. */
export function useWords(choice: WordChoice | null): Words {
  const { t } = useTranslation('common');
  const format = useFormat();
  const { thing, person, action } = choice ?? USUAL;
  return useMemo(() => wordsFor(t, format, { thing, person, action }), [t, format, thing, person, action]);
}
