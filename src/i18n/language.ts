/** The languages there are. `pseudo` is for tests: English with every translated string in brackets. */
export const LANGUAGES = ['en', 'zh-CN', 'pseudo'] as const;
export type Language = (typeof LANGUAGES)[number];

const STORAGE_KEY = 'tastemaker-language';

/**
 * Which language to begin in: `?lang=`, then the saved choice, then the first of the browser's
 * languages that we speak, then English.
 */
export function detectLanguage(search: string, saved: string | null, browser: readonly string[]): Language {
  const asked = new URLSearchParams(search).get('lang');
  const chosen = LANGUAGES.find((language) => language === asked) ?? LANGUAGES.find((language) => language === saved);
  if (chosen) return chosen;
  for (const tag of browser) {
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

/** The saved choice; null where there is none or the browser keeps nothing for us. */
export function savedLanguage(): string | null {
  try {
    return window.localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

export function saveLanguage(language: Language): void {
  try {
    window.localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // A browser that keeps nothing for us still speaks the language until it is closed.
  }
}
