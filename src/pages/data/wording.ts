/** Codes of the import, as sentences. */
import type { TFunction } from 'i18next';
import type { FeedbackGuess, RoleReason } from '../../data/plan.ts';
import type { CleaningWarning } from '../../data/report.ts';
import type { Format } from '../../i18n/format.ts';

type DataT = TFunction<'data'>;
type Params = Readonly<Record<string, string | number>>;

/** Every code has its sentence (checked by a test); the parameters differ from code to code. */
function say(t: DataT, key: string, params: object): string {
  return (t as (key: string, params: object) => string)(key, params);
}

/** Numbers as people write them; everything else as it is. */
function readable(format: Format, params: Params): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'number' ? format.number(value) : value]),
  );
}

/** "943 different values in 100,000 rows, looks like an id" */
export function roleReasonText(t: DataT, format: Format, { code, params }: RoleReason): string {
  return say(t, `reasons.${code}`, readable(format, params));
}

export function feedbackReasonText(t: DataT, format: Format, { reason }: FeedbackGuess): string {
  return say(t, `feedback.reasons.${reason.code}`, readable(format, reason.params));
}

/** What to know about the data before trusting what is learned from it. */
export function warningText(t: DataT, format: Format, { code, params }: CleaningWarning): string {
  const said = readable(format, params);
  const count = params['count'] ?? params['customers'];
  if (typeof count === 'number') {
    said['count'] = count;
    said['n'] = format.number(count);
  }
  if (params['rule'] === 'latest' || params['rule'] === 'mean') said['rule'] = t(`rules.${params['rule']}`);
  if (params['order'] === 'dayFirst' || params['order'] === 'monthFirst')
    said['order'] = t(`orders.${params['order']}`);
  return say(t, `warnings.${code}`, said);
}
