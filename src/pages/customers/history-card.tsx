import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { Card } from '../../ui/card.tsx';
import type { CustomerProfile } from '../../worker/api/catalogue.ts';
import type { DatasetSummary } from '../../worker/api/data.ts';
import styles from './customers.module.css';
import { useProductName } from './product-name.ts';

const SHOWN = 6;
/** Scales with more steps than this are written as a number: ten stars in a row cannot be counted at a glance. */
const MOST_STARS = 5;

function Rating({ value, scale }: { readonly value: number; readonly scale: NonNullable<DatasetSummary['scale']> }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  if (scale.max > MOST_STARS || value !== Math.round(value))
    return <span className={styles.amount}>{format.number(value)} ★</span>;
  return (
    <span
      className={styles.starRow}
      role="img"
      aria-label={t('history.stars', { n: format.number(value), max: format.number(scale.max) })}
    >
      {'★'.repeat(value)}
      <span className={styles.starEmpty}>{'★'.repeat(Math.max(0, Math.round(scale.max) - value))}</span>
    </span>
  );
}

interface HistoryCardProps {
  readonly profile: CustomerProfile;
  readonly scale: DatasetSummary['scale'];
  readonly words: Words;
}

/** What they have had, the best liked or most bought first. */
export function HistoryCard({ profile, scale, words }: HistoryCardProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const name = useProductName(words);
  const [all, setAll] = useState(false);
  const entries = all ? profile.history : profile.history.slice(0, SHOWN);
  return (
    <Card title={t(scale ? 'history.rated' : 'history.bought')} smallTitle>
      <ul className={styles.rows}>
        {entries.map(({ product, value }) => (
          <li key={product.product}>
            <span className={styles.rowTitle} title={name(product)}>
              {name(product)}
            </span>
            {scale ? (
              <Rating value={value} scale={scale} />
            ) : (
              <span className={`${styles.small} ${styles.amount}`}>
                {t('history.units', { n: format.number(value) })}
              </span>
            )}
          </li>
        ))}
      </ul>
      {all && profile.historyCount > profile.history.length ? (
        <p className={styles.small}>
          {t('history.shown', { n: format.number(profile.history.length), all: format.number(profile.historyCount) })}
        </p>
      ) : null}
      {profile.history.length > SHOWN ? (
        <Button size="xs" variant="subtle" className={styles.more} onClick={() => setAll(!all)}>
          {all ? t('history.less') : t('history.all', { n: format.number(profile.historyCount) })}
        </Button>
      ) : null}
    </Card>
  );
}
