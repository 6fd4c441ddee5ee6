import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { useAnswer } from '../../store/use-answer.ts';
import type { ProductCard } from '../../worker/api/catalogue.ts';
import type { DatasetSummary } from '../../worker/api/data.ts';
import type { Counterfactual, Recommendation } from '../../worker/api/lists.ts';
import styles from './customers.module.css';
import { useProductName } from './product-name.ts';

/** Reasons of a list are one column of figures, so they share their digits: they add up to the score. */
const DIGITS = 3;
/** Two reasons fit one line and are remembered; the engine's third is summed with the others. */
const SHOWN_REASONS = 2;
const SMALLEST = 0.5 * 10 ** -DIGITS;

/** Where a suggestion would stand without one thing of the history. */
export type AskWithout = (product: number, without: number) => Promise<Counterfactual | null>;

/** The few that weigh most; what all the others add, and the sum, in one quiet line below. */
function Reasons({
  reasons,
  product: suggested,
  without,
  reshaped,
  words,
}: {
  readonly reasons: NonNullable<Recommendation['reasons']>;
  readonly product: ProductCard;
  readonly without: AskWithout;
  readonly reshaped: boolean;
  readonly words: Words;
}) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const name = useProductName(words);
  const [asked, setAsked] = useState<ProductCard | null>(null);
  const stands = useAnswer(asked === null ? null : `${suggested.product} ${asked.product}`, () =>
    without(suggested.product, asked?.product ?? 0),
  );
  const because = t(reasons.exact ? 'list.because' : 'list.roughlyBecause');
  const shown = (amount: number) => Math.abs(amount) >= SMALLEST;
  const named = reasons.because.slice(0, SHOWN_REASONS);
  const unnamed = reasons.because.slice(SHOWN_REASONS);
  const others = unnamed.reduce((sum, { amount }) => sum + amount, reasons.others);
  const othersCount = reasons.othersCount + unnamed.length;
  const rest = !reasons.exact
    ? []
    : [
        shown(reasons.baseline) ? t('list.baseline', { amount: format.signed(reasons.baseline, DIGITS) }) : '',
        shown(others)
          ? t('list.others', {
              count: othersCount,
              n: format.number(othersCount),
              amount: format.signed(others, DIGITS),
            })
          : '',
        t('list.sum', { score: format.number(reasons.sum, DIGITS) }),
      ].filter(Boolean);
  return (
    <div className={styles.why}>
      <ul className={styles.reasons} aria-label={because} title={reasons.exact ? undefined : t('list.roughlyHint')}>
        <li aria-hidden="true">{because}</li>
        {named.map(({ product, amount }) => (
          <li key={product.product}>
            <button
              type="button"
              className={styles.reason}
              title={t('list.withoutHint', { title: name(product) })}
              aria-pressed={asked?.product === product.product}
              onClick={() => setAsked(asked?.product === product.product ? null : product)}
            >
              <em>{name(product)}</em>
              <span>{format.signed(amount, DIGITS)}</span>
            </button>
          </li>
        ))}
      </ul>
      {rest.length > 0 ? (
        <p className={styles.rest} title={t('list.sumHint')}>
          {rest.join(' · ')}
        </p>
      ) : null}
      {asked && stands.value ? (
        <p className={styles.without} role="status">
          {stands.value.after === null
            ? t('list.withoutGone', { title: name(asked), before: format.number(stands.value.before ?? 0) })
            : t(stands.value.after === stands.value.before ? 'list.withoutSame' : 'list.without', {
                title: name(asked),
                before: format.number(stands.value.before ?? 0),
                after: format.number(stands.value.after),
              })}
          {reshaped ? ` ${t('list.ownOrder')}` : ''}
        </p>
      ) : null}
    </div>
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
        <div className={styles.scale}>
          <span className={styles.track} role="img" aria-label={hint} title={hint}>
            <span className={styles.band} style={{ left: place(low), right: `calc(100% - ${place(high)})` }} />
            <span className={styles.point} style={{ left: place(stars) }} />
          </span>
          <span className={styles.small}>{t('list.interval', { n: format.number(starsInterval, 1) })}</span>
        </div>
      )}
    </div>
  );
}

/** Of the best score, 0 to 1; nothing for what has no score. */
function barShare(score: number, top: number): number {
  const share = score / top;
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}

interface RecommendationRowProps {
  readonly item: Recommendation;
  readonly rank: number;
  readonly scale: DatasetSummary['scale'];
  /** The best score of the list, for the bar where there are no stars. */
  readonly topScore: number;
  /** Nothing is known yet: what is shown is how many people chose it. */
  readonly popular: boolean;
  /** The list is not in the model's own order. */
  readonly reshaped: boolean;
  readonly words: Words;
  readonly without: AskWithout;
}

/** Where a thing of a re-ordered list came from: nothing where it stayed. */
function Moved({ item, rank }: Pick<RecommendationRowProps, 'item' | 'rank'>) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const { ownPlace, pinned } = item;
  if (pinned) return <span className={styles.moved}>{t('list.pinned')}</span>;
  if (typeof ownPlace !== 'number' || ownPlace === rank) return null;
  const place = format.number(ownPlace);
  return (
    <span className={styles.moved} title={t('list.wasHint', { place })}>
      {t('list.was', { place })}
    </span>
  );
}

/** One suggestion: what, by whom, why, and what they would think of it. */
export function RecommendationRow(props: RecommendationRowProps) {
  const { item, rank, scale, topScore, popular, reshaped, words, without } = props;
  const { t } = useTranslation('customers');
  const format = useFormat();
  const name = useProductName(words);
  return (
    <li className={item.product.detail ? styles.item : `${styles.item} ${styles.bare}`}>
      <span className={styles.rank} aria-hidden="true">
        {rank}
      </span>
      <div className={styles.what}>
        <h3 className={styles.itemTitle}>{name(item.product)}</h3>
        {item.product.detail || reshaped ? (
          <p className={styles.small}>
            {item.product.detail ? `${item.product.detail}\u2002` : ''}
            {reshaped ? <Moved item={item} rank={rank} /> : null}
          </p>
        ) : null}
      </div>
      {scale && item.stars !== null ? (
        <Stars item={item} scale={scale} />
      ) : (
        <div className={styles.stars}>
          <strong className={styles.starsValue}>
            {popular
              ? format.number(item.product.count)
              : Number.isFinite(item.score)
                ? format.number(item.score, topScore >= 10 ? 0 : 2)
                : '–'}
          </strong>
          <div className={styles.scale}>
            <span className={styles.track} aria-hidden="true">
              <span className={styles.band} style={{ left: 0, width: `${barShare(item.score, topScore) * 100}%` }} />
            </span>
            <span className={styles.small}>{popular ? words.params.people : t('list.score')}</span>
          </div>
        </div>
      )}
      {item.reasons && item.reasons.because.length > 0 ? (
        <Reasons reasons={item.reasons} product={item.product} without={without} reshaped={reshaped} words={words} />
      ) : null}
    </li>
  );
}
