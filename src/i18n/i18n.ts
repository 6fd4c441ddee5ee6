/** Starts i18next in the person's language. Everything is local: languages are files of the build. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { detectLanguage, type Language, savedLanguage, saveLanguage } from './language.ts';
import { pseudoLocale } from './pseudo.ts';

/** What the start screen waits for, and what the steps behind it do. */
type Part = 'first' | 'story';

/** By namespace. */
type Texts = Readonly<Record<string, object>>;

const english = {
  first: async () => (await import('./en-first.ts')).first,
  story: async () => (await import('./en-story.ts')).story,
};

const LOADERS: Record<Language, Record<Part, () => Promise<Texts>>> = {
  en: english,
  'zh-CN': {
    first: async () => (await import('./zh-CN-first.ts')).first,
    story: async () => (await import('./zh-CN-story.ts')).story,
  },
  pseudo: {
    first: async () => pseudoLocale(await english.first()) as Texts,
    story: async () => pseudoLocale(await english.story()) as Texts,
  },
};

async function loadPart(language: Language, part: Part): Promise<void> {
  const texts = await LOADERS[language][part]();
  for (const [namespace, words] of Object.entries(texts)) {
    i18next.addResourceBundle(language, namespace, words, true, true);
  }
}

async function loadLanguage(language: Language): Promise<void> {
  await Promise.all([loadPart(language, 'first'), loadPart(language, 'story')]);
}

/** Resolves when the steps behind Data have their words in the language shown. Rejects where the file does not come. */
export function loadStory(): Promise<void> {
  return loadPart(i18next.language as Language, 'story');
}

/** What Intl and the `lang` attribute call this language. */
export function localeOf(language: string): string {
  return language === 'zh-CN' ? 'zh-CN' : 'en';
}

function markDocument(language: string): void {
  document.documentElement.lang = localeOf(language);
}

/** Resolves when the first words are there. React renders after it, so keys never flash. */
export async function startI18n(): Promise<void> {
  const language = detectLanguage(window.location.search, savedLanguage(), navigator.languages);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: ['common'],
    defaultNS: 'common',
    resources: {},
    // React escapes; escaping twice would show &amp; in titles.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
    returnNull: false,
  });
  await loadPart(language, 'first');
  await i18next.changeLanguage(language);
  markDocument(language);
}

/** Switches and remembers. */
export async function changeLanguage(language: Language): Promise<void> {
  await loadLanguage(language);
  await i18next.changeLanguage(language);
  saveLanguage(language);
  markDocument(language);
}

/** Fetches the languages not shown, so that switching later makes no request. */
export async function preloadLanguages(): Promise<void> {
  await Promise.all([loadLanguage('en'), loadLanguage('zh-CN')]);
}
