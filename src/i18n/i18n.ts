/** Starts i18next in the person's language. Everything is local: languages are files of the build. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { detectLanguage, type Language, savedLanguage, saveLanguage } from './language.ts';
import { pseudoLocale } from './pseudo.ts';

const NAMESPACES = ['common', 'data', 'train', 'customers', 'trust', 'errors', 'map', 'quality', 'tuning'] as const;

const LOADERS: Record<Language, () => Promise<Record<string, object>>> = {
  en: async () => (await import('./en.ts')).english,
  'zh-CN': async () => (await import('./zh-CN.ts')).chinese,
  pseudo: async () => pseudoLocale((await import('./en.ts')).english) as Record<string, object>,
};

async function loadLanguage(language: Language): Promise<void> {
  const resources = await LOADERS[language]();
  for (const namespace of NAMESPACES) {
    i18next.addResourceBundle(language, namespace, resources[namespace], true, true);
  }
}

/** What Intl and the `lang` attribute call this language. */
export function localeOf(language: string): string {
  return language === 'zh-CN' ? 'zh-CN' : 'en';
}

function markDocument(language: string): void {
  document.documentElement.lang = localeOf(language);
}

/** Resolves when the first language is there. React renders after it, so keys never flash. */
export async function startI18n(): Promise<void> {
  const language = detectLanguage(window.location.search, savedLanguage(), navigator.languages);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: [...NAMESPACES],
    defaultNS: 'common',
    resources: {},
    // React escapes; escaping twice would show &amp; in titles.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
    returnNull: false,
  });
  await loadLanguage(language);
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
