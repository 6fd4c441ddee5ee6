import { readFileSync } from 'node:fs';
import i18next from 'i18next';
import { expect, it } from 'vitest';
import { ERROR_CODES } from '../base/error-codes.ts';
import { english } from './en.ts';
import { explainError } from './explain.ts';
import { formatIn } from './format.ts';
import { chinese } from './zh-CN.ts';

/** Codes and the parameters their comments promise, read from the source: the list the throwers work from. */
function promisedParams(): Map<string, string[]> {
  const source = readFileSync(new URL('../base/error-codes.ts', import.meta.url), 'utf8');
  const promised = new Map<string, string[]>();
  for (const [, code, comment] of source.matchAll(/^ {2}'(\w+)',(?: \/\/ (.+))?$/gm)) {
    promised.set(code, comment ? comment.split(',').map((name) => name.trim()) : []);
  }
  return promised;
}

const SAMPLE: Record<string, string | number> = { role: 'customer', device: 'webgpu', model: 'mf' };

it('knows what each code comes with', () => {
  expect([...promisedParams().keys()]).toEqual([...ERROR_CODES]);
});

for (const [language, resources] of [
  ['en', english],
  ['zh-CN', chinese],
] as const) {
  it(`explains every error in ${language} with the parameters it comes with`, async () => {
    const instance = i18next.createInstance();
    await instance.init({
      lng: language,
      resources: { [language]: resources },
      ns: Object.keys(resources),
      interpolation: { escapeValue: false },
    });
    const t = instance.getFixedT(language, ['errors', 'data'] as const);
    for (const [code, names] of promisedParams()) {
      const params = Object.fromEntries(names.map((name) => [name, SAMPLE[name] ?? `‹${name}›`]));
      const said = explainError(t, formatIn(language), { code: code as (typeof ERROR_CODES)[number], params });
      for (const sentence of [said.what, said.todo, said.kept]) {
        expect({ code, sentence, open: sentence.includes('{{') }).toEqual({ code, sentence, open: false });
        // A missing key comes back as the key itself.
        expect(sentence).not.toContain(`${code}.`);
      }
      expect(said.what).not.toBe('');
      expect(said.todo).not.toBe('');
    }
  });
}
