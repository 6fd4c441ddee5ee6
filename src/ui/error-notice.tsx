import { CloseButton } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AppError } from '../base/error.ts';
import { useExplain } from '../i18n/explain.ts';
import styles from './error-notice.module.css';

interface ErrorNoticeProps {
  readonly error: Pick<AppError, 'code' | 'params'>;
  readonly onDismiss?: () => void;
  /** A button that does what the last line says. */
  readonly action?: ReactNode;
}

/** What happened, what was kept, what to do next. Announced when it appears. */
export function ErrorNotice({ error, onDismiss, action }: ErrorNoticeProps) {
  const { t } = useTranslation('common');
  const { what, kept, todo, detail } = useExplain()(error);
  return (
    <div className={styles.notice} role="alert" data-code={error.code}>
      <IconAlertCircle className={styles.icon} size={20} stroke={1.5} aria-hidden="true" />
      <div>
        <p className={styles.what}>{what}</p>
        {kept ? (
          <p className={styles.line}>
            <b>{t('notice.kept')}</b> {kept}
          </p>
        ) : null}
        <p className={styles.line}>
          <b>{t('notice.next')}</b> {todo}
        </p>
        {detail ? (
          <details className={styles.detail}>
            <summary>{t('notice.details')}</summary>
            <code translate="no">{detail}</code>
          </details>
        ) : null}
        {action ? <div style={{ marginTop: 10 }}>{action}</div> : null}
      </div>
      {onDismiss ? <CloseButton onClick={onDismiss} aria-label={t('actions.dismiss')} size="sm" /> : null}
    </div>
  );
}
