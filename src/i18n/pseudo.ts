/** The brackets every translated string stands in under `?lang=pseudo`; text outside them is untranslated. */
export const PSEUDO_OPEN = '⟦';
export const PSEUDO_CLOSE = '⟧';

interface Strings {
  readonly [key: string]: string | Strings;
}

/** The same tree with every string in brackets; interpolation inside stays as it is. */
export function pseudoLocale(strings: Strings): Strings {
  return Object.fromEntries(
    Object.entries(strings).map(([key, value]) => [
      key,
      typeof value === 'string' ? `${PSEUDO_OPEN}${value}${PSEUDO_CLOSE}` : pseudoLocale(value),
    ]),
  );
}
