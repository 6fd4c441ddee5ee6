import { describe, expect, it } from 'vitest';
import { english } from './en.ts';
import { PSEUDO_CLOSE, PSEUDO_OPEN, pseudoLocale } from './pseudo.ts';
import { chinese } from './zh-CN.ts';

/** Every string by its path: "errors.fileEmpty.what". */
function flatten(tree: object, path = ''): Map<string, string> {
  const strings = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') strings.set(here, value);
    else for (const [inner, text] of flatten(value, here)) strings.set(inner, text);
  }
  return strings;
}

const PLURAL = /_(zero|one|two|few|many|other)$/;
const baseOf = (key: string) => key.replace(PLURAL, '');

/** Which parameters a key's sentences name, over all its plural forms. */
function paramsByKey(strings: ReadonlyMap<string, string>): Map<string, string[]> {
  const params = new Map<string, Set<string>>();
  for (const [key, text] of strings) {
    const names = params.get(baseOf(key)) ?? new Set();
    for (const [, name] of text.matchAll(/\{\{\s*([^},\s]+)/g)) names.add(name);
    params.set(baseOf(key), names);
  }
  return new Map([...params].map(([key, names]) => [key, [...names].sort()]));
}

const en = flatten(english);
const zh = flatten(chinese);

describe('the two languages', () => {
  it('say the same things', () => {
    const englishKeys = [...new Set([...en.keys()].map(baseOf))].sort();
    const chineseKeys = [...new Set([...zh.keys()].map(baseOf))].sort();
    expect(chineseKeys).toEqual(englishKeys);
  });

  it('name the same parameters, or fewer forms of the same words', () => {
    const inEnglish = paramsByKey(en);
    // A Chinese sentence may do without the article or the plural, never with something English does not pass.
    for (const [key, names] of paramsByKey(zh)) {
      const allowed = inEnglish.get(key) ?? [];
      const wordForms = [
        'thing',
        'things',
        'aThing',
        'Thing',
        'Things',
        'person',
        'people',
        'aPerson',
        'Person',
        'People',
      ];
      const unknown = names.filter((name) => !allowed.includes(name) && !wordForms.includes(name));
      const missing = allowed.filter((name) => !names.includes(name) && !wordForms.includes(name) && name !== 'count');
      expect({ key, unknown, missing }).toEqual({ key, unknown: [], missing: [] });
    }
  });

  it('have every plural form their grammar asks for, and no other', () => {
    for (const [strings, locale] of [
      [en, 'en'],
      [zh, 'zh-CN'],
    ] as const) {
      const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.slice().sort();
      const found = new Map<string, string[]>();
      for (const key of strings.keys()) {
        const form = key.match(PLURAL)?.[1];
        if (form) found.set(baseOf(key), [...(found.get(baseOf(key)) ?? []), form].sort());
      }
      for (const [key, had] of found) expect({ locale, key, forms: had }).toEqual({ locale, key, forms });
    }
  });

  it('leave nothing empty', () => {
    for (const [key, text] of [...en, ...zh]) expect({ key, empty: text.trim() === '' }).toEqual({ key, empty: false });
  });
});

describe('the Chinese', () => {
  const han = /[\u4e00-\u9fff]/;

  it('is Chinese wherever there are words', () => {
    // Names, units and formulas are the same in both.
    const words = [...zh].filter(([key, text]) => {
      const bare = text.replace(/\{\{[^}]*\}\}/g, '');
      return !han.test(bare) && /[a-z]{4,}/.test(bare) && en.get(key) !== text;
    });
    expect(words).toEqual([]);
  });

  it('does not carry English over', () => {
    const same = [...zh].filter(([key, text]) => {
      const bare = text.replace(/\{\{[^}]*\}\}/g, '');
      return en.get(key) === text && /[a-z]{3,}.*\s[a-z]{2,}/.test(bare);
    });
    expect(same).toEqual([]);
  });

  it('uses Chinese punctuation', () => {
    // A placeholder shows what a file looks like, and files have ASCII commas.
    const wrong = [...zh].filter(
      ([key, text]) =>
        !key.endsWith('.placeholder') && /[\u4e00-\u9fff][,;:?!]|[,;?!][\u4e00-\u9fff]|\.\.\./.test(text),
    );
    expect(wrong).toEqual([]);
  });
});

it('brackets every string of the pseudo-locale and changes no parameter', () => {
  const pseudo = flatten(pseudoLocale(english));
  expect([...pseudo.keys()]).toEqual([...en.keys()]);
  for (const [key, text] of pseudo) expect(text).toBe(`${PSEUDO_OPEN}${en.get(key)}${PSEUDO_CLOSE}`);
});
