import { useTranslation } from 'react-i18next';
import type { AcrossCuts } from '../../evaluate/across-result.ts';
import type { ComparisonProtocol } from '../../evaluate/comparison-result.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import type { Head } from '../../models/recommender.ts';
import { Card } from '../../ui/card.tsx';
import { useAttributeName } from './attribute-name.ts';
import styles from './quality.module.css';
import type { Column } from './quality-view.ts';
import { partName } from './setup-view.ts';

interface HowCardProps {
  /** Whether lists or guessed stars are looked at. */
  readonly head: Head;
  readonly protocol: ComparisonProtocol;
  /** The person's own test part, by name; null where a part of the data was held back. */
  readonly testFile: string | null;
  /** Several cuts, of which each held back another part; null for one. */
  readonly across: AcrossCuts | null;
  readonly columns: readonly Column[];
  /** Whether the data has dates. */
  readonly hasDates: boolean;
  /** Names of models that do not learn from the second part before they are tested. */
  readonly fromLess: readonly string[];
  readonly words: Words;
  /** "836,478 ratings": pairs in the words of this data. */
  readonly pairs: (count: number) => string;
}

/** The protocol in plain words, with the seed; and what every column means. */
export function HowCard({ head, protocol, testFile, across, columns, hasDates, fromLess, words, pairs }: HowCardProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const attributeName = useAttributeName();
  const ungrouped = head === 'taste' ? (protocol.ungroupedStars ?? []) : protocol.ungrouped;
  const params = { ...words.params, k: format.number(protocol.k) };
  return (
    <Card>
      <details className={styles.fold}>
        <summary>{t('how.title')}</summary>
        <div className={styles.how}>
          <section>
            <p>
              {testFile !== null
                ? t('how.protocol.file', { ...params, file: testFile })
                : across?.kind === 'folds'
                  ? t(across.done < across.asked ? 'how.protocol.foldsStopped' : 'how.protocol.folds', {
                      ...params,
                      cuts: format.number(across.asked),
                      done: format.number(across.done),
                    })
                  : t(`how.protocol.${partName(protocol.split, hasDates)}`, {
                      ...params,
                      share: format.percent(protocol.holdout),
                    })}
            </p>
            <p>
              {fromLess.length > 0 ? t('how.tuningBut', { models: format.list(fromLess) }) : t('how.tuning', params)}
            </p>
            <p>{t('how.ranking', params)}</p>
            <p>{t('how.certainty', params)}</p>
            <p>{t('how.chance')}</p>
            <p>
              {t('how.counts', {
                train: pairs(protocol.trainPairs),
                test: pairs(protocol.testPairs),
                people: words.countPeople(protocol.customers),
                seed: protocol.seed,
              })}{' '}
              {protocol.skipped > 0
                ? t('how.skipped', { count: protocol.skipped, n: format.number(protocol.skipped) })
                : null}
            </p>
            {ungrouped.length > 0 ? (
              <p>
                {t('how.ungrouped', {
                  ...params,
                  what: format.list(
                    ungrouped.map(({ attribute }) =>
                      attribute === null ? t('served.categories') : attributeName(attribute),
                    ),
                  ),
                })}
              </p>
            ) : null}
          </section>
          <section>
            <h3>{t('metrics.title')}</h3>
            <dl>
              {columns.map((column) => (
                <div key={column}>
                  <dt>{t(`columns.${column}`)}</dt>
                  <dd>{t(`metrics.${column}`, params)}</dd>
                </div>
              ))}
            </dl>
          </section>
        </div>
      </details>
    </Card>
  );
}
