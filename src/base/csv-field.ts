const NEEDS_QUOTES = /["\n\r,;\t]|^\s|\s$/;
/** A spreadsheet would run these as a formula (OWASP, "CSV injection"); plain signed numbers are left alone. */
const FORMULA = /^[=@\t\r]|^[+-](?![\d.,]+$)/;

/** The one way a CSV field is written: RFC 4180 quoting, and an apostrophe in front of what would be a formula. */
export function csvField(text: string): string {
  const dangerous = FORMULA.test(text);
  const safe = dangerous ? `'${text}` : text;
  return dangerous || NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
