import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { usePrivacy } from '../../store/privacy.ts';
import { routeHash } from '../../store/route.ts';
import { ChipPopover } from './chip-popover.tsx';
import card from './engine-card.module.css';
import styles from './frame.module.css';

/** The padlock: how many requests were made since data came in. Opens the explanation. */
export function PrivacyChip() {
  const { t } = useTranslation('common');
  const format = useFormat();
  const { requests } = usePrivacy();
  const counted = requests === null ? null : t('privacy.count', { count: requests, n: format.number(requests) });
  // On phones only the padlock and the number are drawn.
  const label =
    counted === null ? `${t('privacy.before')}: ${t('privacy.beforeMore')}` : `${counted} ${t('privacy.since')}`;
  return (
    <ChipPopover
      label={label}
      title={t('privacy.title')}
      width={340}
      requests={requests}
      chip={
        <>
          <IconLock size={15} stroke={1.5} aria-hidden="true" />
          {counted === null ? (
            <>
              <strong className={styles.narrowHidden}>{t('privacy.before')}</strong>
              <span className={styles.wide}>{t('privacy.beforeMore')}</span>
            </>
          ) : (
            <>
              <strong className={styles.narrowHidden}>{counted}</strong>
              <strong className={styles.narrowOnly}>{format.number(requests ?? 0)}</strong>
              <span className={styles.wide}>{t('privacy.since')}</span>
            </>
          )}
        </>
      }
    >
      {(close) => (
        <>
          <h2 className={card.title}>{t('privacy.title')}</h2>
          <p className={card.why}>{t('privacy.text')}</p>
          {counted === null ? null : (
            <p className={card.name}>
              {counted} {t('privacy.since')}
            </p>
          )}
          <p style={{ marginTop: 8 }}>
            <a href={routeHash('trust')} onClick={close} style={{ color: 'var(--tm-accent)' }}>
              {t('privacy.more')}
            </a>
          </p>
        </>
      )}
    </ChipPopover>
  );
}
