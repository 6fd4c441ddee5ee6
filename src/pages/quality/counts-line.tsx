import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { countsOf, type MeasureCounts } from './measure-counts.ts';
import styles from './quality.module.css';
import type { Line, Measure } from './quality-view.ts';

interface CountsLineProps {
  /** Those with figures of lists. */
  readonly lines: readonly Line[];
  readonly measure: Measure;
  /** Tested. */
  readonly customers: number;
  readonly nameOf: (line: Line) => string;
  readonly words: Words;
  /** The length of a list, as people read it. */
  readonly k: string;
}

/** Those whose interval is no bootstrap. */
const JACKKNIFED: readonly Measure[] = ['coverage', 'gini'];

/** Models named at most: more would be a table. */
const NAMED = 3;

/** Of how many customers a measure is, for how many it is undefined, and how many were not looked at. */
export function CountsLine({ lines, measure, customers, nameOf, words, k }: CountsLineProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const counts = countsOf(lines, measure, customers);
  const named = <Count extends { readonly line: Line }>(all: readonly Count[], text: (one: Count) => string) => {
    const more = all.length - NAMED;
    const names = all.slice(0, NAMED).map((one) => t('measure.named', { model: nameOf(one.line), people: text(one) }));
    return format.list(more > 0 ? [...names, t('measure.more', { count: more, n: format.number(more) })] : names);
  };
  const sentences = [
    meanText(counts.mean),
    JACKKNIFED.includes(measure) ? t('measure.jackknife') : null,
    typeof counts.undefined !== 'number'
      ? t('measure.skippedSome', {
          who: named(counts.undefined, (one) => words.countPeople(one.customers)),
        })
      : counts.undefined > 0
        ? t('measure.skipped', { people: words.countPeople(counts.undefined) })
        : null,
    counts.passed > 0 ? t('measure.passed', { people: words.countPeople(counts.passed) }) : null,
    counts.short.length > 0
      ? t('measure.short', {
          ...words.params,
          k,
          who: named(counts.short, (one) =>
            one.empty > 0
              ? t('measure.shortEmpty', { lists: words.countPeople(one.customers), n: format.number(one.empty) })
              : words.countPeople(one.customers),
          ),
        })
      : null,
  ];
  return (
    <p className={styles.small} data-testid="measure-counts">
      {sentences.filter((sentence) => sentence !== null).join(' ')}
    </p>
  );

  function meanText(mean: MeasureCounts['mean']): string {
    if (!mean) return t('measure.together', { people: words.countPeople(customers) });
    const people = words.countPeople(mean.most);
    return mean.fewest === mean.most
      ? t('measure.mean', { people })
      : t('measure.meanRange', { from: format.number(mean.fewest), people });
  }
}
