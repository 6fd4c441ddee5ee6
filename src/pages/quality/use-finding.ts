/** What the Quality page says in one sentence, and for whom it does not hold. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import type { Head } from '../../models/recommender.ts';
import type { Comparison } from '../../worker/api/comparing.ts';
import { groupName } from './groups-card.tsx';
import { type Line, listsVerdict, notServed, type StarsVerdict, starsVerdict } from './quality-view.ts';

interface Found {
  readonly finding: string;
  readonly note: string | null;
}

/** The headline of what ended: on lists, or on stars where those are looked at. */
export function useFinding(
  view: Head,
  lines: readonly Line[],
  comparison: Comparison | null,
  words: Words,
  nameOf: (line: Line) => string,
): Found {
  const { t } = useTranslation('quality');
  const format = useFormat();
  if (!comparison) return { finding: t('finding.ready', words.params), note: null };
  if (view === 'taste') {
    const stars = starsVerdict(lines, comparison);
    return { finding: stars ? starsFinding(stars) : t('finding.ready', words.params), note: null };
  }
  const verdict = listsVerdict(lines, comparison);
  if (!verdict) return { finding: t('finding.ready', words.params), note: null };
  const k = format.number(comparison.result.protocol.k);
  if (verdict.kind === 'noneBetter') {
    return {
      finding: t('finding.noneBetter', { ...words.params, popular: format.percent(verdict.popular) }),
      note: null,
    };
  }
  const model = nameOf(verdict.line);
  const params = { ...words.params, k, model, found: format.percent(verdict.found) };
  return {
    finding:
      verdict.kind === 'tie'
        ? t('finding.tie', { ...params, other: nameOf(verdict.other) })
        : t('finding.best', { ...params, popular: format.percent(verdict.popular) }),
    note: versusNote(t, format, verdict.line, comparison, words, model),
  };

  function starsFinding(stars: StarsVerdict): string {
    const off = (value: number) => format.number(value, 2);
    if (stars.kind === 'noneBetter') return t('finding.starsNone', { means: off(stars.means) });
    const starsParams = { ...words.params, model: nameOf(stars.line), mae: off(stars.mae) };
    if (stars.kind === 'tie') return t('finding.starsTie', { ...starsParams, other: nameOf(stars.other) });
    return stars.means === null
      ? t('finding.starsOnly', starsParams)
      : t('finding.stars', { ...starsParams, means: off(stars.means) });
  }
}

/** For how many people the leader is better than bestsellers, and for whom it is not. */
function versusNote(
  t: TFunction<'quality'>,
  format: Format,
  line: Line,
  comparison: Comparison,
  words: Words,
  model: string,
): string | null {
  const versus = line.result?.lists?.versus?.popularity;
  if (!versus) return null;
  const params = { ...words.params, model };
  const sentence = t('note.versus', {
    ...params,
    better: format.percent(versus.better),
    equal: format.percent(versus.equal),
    worse: format.percent(versus.worse),
  });
  const groups = notServed(line, comparison).map((group) => groupName(t, format, group));
  if (groups.length === 0) return sentence;
  return `${sentence} ${t('note.notFor', { ...params, group: format.list(groups) })}`;
}
