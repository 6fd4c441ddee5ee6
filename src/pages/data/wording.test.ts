import { readFileSync } from 'node:fs';
import i18next from 'i18next';
import { describe, expect, it } from 'vitest';
import type { FeedbackGuess, PlanQuestion, RoleReason } from '../../data/plan.ts';
import { ROLES } from '../../data/plan.ts';
import { type CleaningWarning, REJECT_REASONS } from '../../data/report.ts';
import { english } from '../../i18n/en.ts';
import { formatIn } from '../../i18n/format.ts';
import { chinese } from '../../i18n/zh-CN.ts';
import { feedbackReasonText, roleReasonText, warningText } from './wording.ts';

/** Members of a union type with the parameters their comments promise: `| 'code' // a, b   (example)`. */
function unionWithParams(file: string, after: string): Map<string, string[]> {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8');
  const from = source.indexOf(after);
  // To the end of the line that closes the union: its last comment stands behind the semicolon.
  const union = source.slice(from, source.indexOf('\n', source.indexOf(';', from)));
  const members = new Map<string, string[]>();
  for (const [, code, comment = ''] of union.matchAll(/\| '(\w+)';?(?:[ \t]*\/\/ ([^\n]*))?/g)) {
    const names = comment.replace(/\(.*/, '').split(',');
    members.set(
      code,
      names.map((name) => name.trim()).filter((name) => /^\w+$/.test(name)),
    );
  }
  return members;
}

const WARNINGS = unionWithParams('../../data/report.ts', 'interface CleaningWarning');
const REASONS = unionWithParams('../../data/plan.ts', 'interface RoleReason');
const FEEDBACK: FeedbackGuess['reason']['code'][] = [
  'ratingScale',
  'quantities',
  'counts',
  'events',
  'pairsOnly',
  'setByPerson',
];
const QUESTIONS: PlanQuestion['code'][] = ['ratingAmbiguous', 'columnMissing', 'noLogTable', 'tooLarge'];

/** Counts come as numbers, the rest as text. */
const sample = (names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => [name, /count|distinct|rows|customers|matched|total/.test(name) ? 1234 : `‹${name}›`]),
  );

it('finds the codes in the sources', () => {
  expect(WARNINGS.size).toBeGreaterThanOrEqual(10);
  expect(REASONS.size).toBeGreaterThanOrEqual(15);
  expect(WARNINGS.get('joinIncomplete')).toEqual(['table', 'matched', 'total']);
});

describe.each([
  ['en', english],
  ['zh-CN', chinese],
] as const)('in %s', (language, resources) => {
  const instance = i18next.createInstance();
  void instance.init({
    lng: language,
    resources: { [language]: resources },
    ns: Object.keys(resources),
    initAsync: false,
    interpolation: { escapeValue: false },
  });
  const t = instance.getFixedT(language, 'data');
  const format = formatIn(language);

  it('every warning is a whole sentence', () => {
    for (const [code, names] of WARNINGS) {
      const text = warningText(t, format, { code: code as CleaningWarning['code'], params: sample(names) });
      expect(text).not.toMatch(/\{\{|warnings\./);
    }
  });

  it('every reason for a role is a whole phrase', () => {
    for (const [code, names] of REASONS) {
      const text = roleReasonText(t, format, { code: code as RoleReason['code'], params: sample(names) });
      expect(text).not.toMatch(/\{\{|reasons\./);
    }
  });

  it('every kind of feedback says why', () => {
    for (const code of FEEDBACK) {
      const guess: FeedbackGuess = { feedback: 'implicit', reason: { code, params: { name: '‹name›' } } };
      expect(feedbackReasonText(t, format, guess)).not.toMatch(/\{\{|reasons\./);
    }
  });

  it('every role, reject reason and question has words', () => {
    const { data } = resources;
    for (const role of ROLES) expect(data.roles[role]).toBeTruthy();
    for (const reason of REJECT_REASONS) expect(data.rejects[reason]).toBeTruthy();
    for (const code of QUESTIONS) expect(data.questions[code]).toBeTruthy();
  });
});

it('counts in the singular where there is one', () => {
  const instance = i18next.createInstance();
  void instance.init({ lng: 'en', resources: { en: english }, ns: Object.keys(english), initAsync: false });
  const t = instance.getFixedT('en', 'data');
  const one: CleaningWarning = { code: 'oneRatingEach', params: { customers: 1 } };
  expect(warningText(t, formatIn('en'), one)).toMatch(/^1 person appears/);
});
