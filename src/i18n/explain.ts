/** The only place where an error code becomes sentences. */
import type { TFunction } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { AppError, ErrorParams } from '../base/error.ts';
import type { english } from './en.ts';
import { type Format, useFormat } from './format.ts';

export interface ExplainedError {
  /** What happened. */
  readonly what: string;
  /** What was kept; '' where there was nothing to lose. */
  readonly kept: string;
  /** What to do next. */
  readonly todo: string;
  /** For the curious and for reports; '' where the sentence says it all. */
  readonly detail: string;
}

type RoleKey = keyof typeof english.data.roles;
type ErrorWords = typeof english.errors.words;

/** Parameters as people read them: numbers grouped, roles, devices and models by name. */
function readableParams(
  t: TFunction<readonly ['errors', 'data']>,
  format: Format,
  params: ErrorParams,
): Record<string, string> {
  const readable: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'number') readable[name] = format.number(value);
    else if (name === 'role') readable[name] = t(`data:roles.${value as RoleKey}`).toLocaleLowerCase(format.locale);
    else if (name === 'device')
      readable[name] = t(`errors:words.devices.${value as keyof ErrorWords['devices']}`, value);
    else if (name === 'model') readable[name] = t(`errors:words.models.${value as keyof ErrorWords['models']}`, value);
    else readable[name] = value;
  }
  return readable;
}

/** One error, in one language. */
export function explainError(
  t: TFunction<readonly ['errors', 'data']>,
  format: Format,
  { code, params }: Pick<AppError, 'code' | 'params'>,
): ExplainedError {
  const readable = readableParams(t, format, params);
  // Every code has its sentences (checked by a test); the parameters differ from code to code.
  const say = t as (key: string, options: object) => string;
  return {
    what: say(`errors:${code}.what`, readable),
    kept: say(`errors:${code}.kept`, { ...readable, defaultValue: '' }),
    todo: say(`errors:${code}.todo`, readable),
    detail: String(params['detail'] ?? ''),
  };
}

/** In the language of the page. */
export function useExplain(): (error: Pick<AppError, 'code' | 'params'>) => ExplainedError {
  const { t } = useTranslation(['errors', 'data'] as const);
  const format = useFormat();
  return useCallback((error) => explainError(t, format, error), [t, format]);
}
