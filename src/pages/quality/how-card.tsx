import { useTranslation } from 'react-i18next';
import type { ComparisonProtocol } from '../../evaluate/comparison-result.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { Card } from '../../ui/card.tsx';
import styles from './quality.module.css';
import type { Column } from './quality-view.ts';

interface HowCardProps {
  readonly protocol: ComparisonProtocol;
  readonly columns: readonly Column[];
  readonly words: Words;
  /** "836,478 ratings": pairs in the words of this data. */
  readonly pairs: (count: number) => string;
}

/** The protocol in plain words, with the seed; and what every column means. */
export function HowCard({ protocol, columns, words, pairs }: HowCardProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const params = { ...words.params, k: format.number(protocol.k) };
  return (
    <Card>
      <details className={styles.fold}>
        <summary>{t('how.title')}</summary>
        <div className={styles.how}>
          <section>
            <p>{t(`how.protocol.${protocol.split}`, params)}</p>
            <p>{t('how.tuning', params)}</p>
            <p>{t('how.ranking', params)}</p>
            <p>{t('how.certainty', params)}</p>
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
