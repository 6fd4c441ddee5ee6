import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { DatasetSummary, Recommendation } from '../../worker/api.ts';
import styles from './customers.module.css';

/** Scores are small: two decimals, or two significant digits where those would read as nothing. */
function signed(format: ReturnType<typeof useFormat>, amount: number): string {
  const digits = Math.abs(amount) < 0.1 ? 3 : 2;
  return `${amount < 0 ? '−' : '+'}${format.number(Math.abs(amount), digits)}`;
}

function Reasons({ reasons }: { readonly reasons: NonNullable<Recommendation['reasons']> }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const shown = (amount: number) => Math.abs(amount) >= 0.0005;
  return (
    <p className={styles.reasons} title={t('list.sumHint')}>
      <span>{t('list.because')}</span>
      {reasons.because.map(({ product, amount }) => (
        <span key={product.product} className={styles.reason}>
          <em>{product.title}</em> {signed(format, amount)}
        </span>
      ))}
      {shown(reasons.baseline) ? (
        <span className={styles.rest}>
          {t('list.baseline')} {signed(format, reasons.baseline)}
        </span>
      ) : null}
      {shown(reasons.others) ? (
        <span className={styles.rest}>
          {t('list.others', { count: reasons.othersCount, n: format.number(reasons.othersCount) })}{' '}
          {signed(format, reasons.others)}
        </span>
      ) : null}
      <span className={styles.rest}>{t('list.sum', { score: format.number(reasons.sum, 2) })}</span>
    </p>
  );
}

/** Predicted stars on the scale, with the interval a rating would fall in nine times out of ten. */
function Stars({
  item,
  scale,
}: {
  readonly item: Recommendation;
  readonly scale: NonNullable<DatasetSummary['scale']>;
}) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const { stars, starsInterval } = item;
  if (stars === null) return null;
  const { min, max } = scale;
  const place = (value: number) => `${((Math.min(max, Math.max(min, value)) - min) / (max - min)) * 100}%`;
  const low = Math.max(min, stars - (starsInterval ?? 0));
  const high = Math.min(max, stars + (starsInterval ?? 0));
  const hint = t('list.intervalHint', { low: format.number(low, 1), high: format.number(high, 1) });
  return (
    <div className={styles.stars}>
      <strong className={styles.starsValue}>{format.number(stars, 1)} ★</strong>
      {starsInterval === null ? null : (
        <>
          <span className={styles.track} role="img" aria-label={hint} title={hint}>
            <span className={styles.band} style={{ left: place(low), right: `calc(100% - ${place(high)})` }} />
            <span className={styles.point} style={{ left: place(stars) }} />
          </span>
          <span className={styles.small}>{t('list.interval', { n: format.number(starsInterval, 1) })}</span>
        </>
      )}
    </div>
  );
}

interface RecommendationRowProps {
  readonly item: Recommendation;
  readonly rank: number;
  readonly scale: DatasetSummary['scale'];
  /** The best score of the list, for the bar where there are no stars. */
  readonly topScore: number;
}

/** One suggestion: what, by whom, why, and what they would think of it. */
export function RecommendationRow({ item, rank, scale, topScore }: RecommendationRowProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  return (
    <li className={styles.item}>
      <span className={styles.rank} aria-hidden="true">
        {rank}
      </span>
      <div className={styles.what}>
        <h3 className={styles.itemTitle}>{item.product.title}</h3>
        {item.product.detail ? <p className={styles.small}>{item.product.detail}</p> : null}
        {item.reasons && item.reasons.because.length > 0 ? <Reasons reasons={item.reasons} /> : null}
      </div>
      {scale && item.stars !== null ? (
        <Stars item={item} scale={scale} />
      ) : (
        <div className={styles.stars}>
          <strong className={styles.starsValue}>{format.number(item.score, topScore >= 10 ? 0 : 2)}</strong>
          <span className={styles.track} aria-hidden="true">
            <span className={styles.band} style={{ left: 0, width: `${Math.max(0, item.score / topScore) * 100}%` }} />
          </span>
          <span className={styles.small}>{t('list.score')}</span>
        </div>
      )}
    </li>
  );
}
