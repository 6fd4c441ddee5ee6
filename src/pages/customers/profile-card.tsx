import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { Card } from '../../ui/card.tsx';
import { Figure, Figures } from '../../ui/figure.tsx';
import type { CustomerProfile } from '../../worker/api/catalogue.ts';
import type { DatasetSummary } from '../../worker/api/data.ts';
import styles from './customers.module.css';

const FEW_ACTIONS = 5;

/** Columns of a table without a header are called #2, #3: their values speak for themselves. */
const isNamed = ({ name }: CustomerProfile['attributes'][number]) => !/^#\d+$/.test(name);

interface ProfileCardProps {
  readonly profile: CustomerProfile;
  readonly words: Words;
  readonly action: DatasetSummary['action'];
}

/** How active, how generous, what they go for, against everyone. */
export function ProfileCard({ profile, words, action }: ProfileCardProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const { meanRating, overallMean, units, spend, firstTime, lastTime, categories } = profile;
  const explicit = meanRating !== null;
  const unnamed = profile.attributes.filter((attribute) => !isNamed(attribute));
  const widest = Math.max(...categories.flatMap(({ share, everyone }) => [share, everyone]), 0.01);
  return (
    <Card title={t('profile.title')} smallTitle>
      <Figures>
        <Figure
          label={explicit ? t('profile.ratings') : t('profile.things', words.params)}
          value={format.number(profile.historyCount)}
        />
        {explicit ? (
          <Figure
            label={t('profile.mean')}
            value={`${format.number(meanRating, 1)} ★`}
            note={overallMean === null ? undefined : t('profile.everyone', { mean: format.number(overallMean, 1) })}
          />
        ) : null}
        {units !== null && !explicit ? (
          <Figure label={t(action === 'play' ? 'profile.plays' : 'profile.units')} value={format.number(units, 0)} />
        ) : null}
        {spend !== null && spend > 0 ? <Figure label={t('profile.spend')} value={format.number(spend, 0)} /> : null}
      </Figures>
      {firstTime !== null && lastTime !== null ? (
        <p className={styles.profileLine}>
          {format.date(firstTime) === format.date(lastTime)
            ? t('profile.on', { date: format.date(firstTime) })
            : t('profile.since', { from: format.date(firstTime), to: format.date(lastTime) })}
        </p>
      ) : null}
      {unnamed.length > 0 ? <p className={styles.attribute}>{unnamed.map(({ value }) => value).join(' · ')}</p> : null}
      {profile.attributes.filter(isNamed).map(({ name, value }) => (
        <p key={name} className={styles.attribute}>
          <span>{name}</span>
          <span>{value}</span>
        </p>
      ))}
      {categories.length > 0 ? (
        <>
          <h3 className={styles.subtitle}>{t('profile.taste')}</h3>
          <ul className={styles.shares}>
            {categories.map(({ name, share, everyone }) => {
              const hint = t('profile.tasteRow', {
                ...words.params,
                share: format.percent(share),
                everyone: format.percent(everyone),
              });
              return (
                <li key={name} title={hint}>
                  <span className={styles.shareName}>{name}</span>
                  <span className={styles.shareTrack} role="img" aria-label={hint}>
                    <span className={styles.shareBar} style={{ width: `${(share / widest) * 100}%` }} />
                    <span className={styles.shareTick} style={{ left: `${(everyone / widest) * 100}%` }} />
                  </span>
                </li>
              );
            })}
          </ul>
        </>
      ) : null}
      {profile.historyCount < FEW_ACTIONS ? <p className={styles.cardText}>{t('profile.few', words.params)}</p> : null}
    </Card>
  );
}
