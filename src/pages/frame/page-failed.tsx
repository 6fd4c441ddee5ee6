import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { AppError, toAppError } from '../../base/error.ts';
import { useProject } from '../../store/project.ts';
import { useSaving } from '../../store/saving.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Page } from '../../ui/page.tsx';
import styles from './page-failed.module.css';

interface PageFailedProps {
  /** What cannot be drawn: the step inside the frame, or the frame as well. */
  readonly what: 'step' | 'studio';
  readonly thrown: unknown;
  readonly onRetry: () => void;
}

/** What is thrown while drawing, as an error with sentences. */
function failureOf(what: PageFailedProps['what'], thrown: unknown): AppError {
  const { code, params } = toAppError(thrown);
  if (code === 'pageNotFetched') return new AppError(code, params);
  const { name, message } = thrown instanceof Error ? thrown : { name: 'Error', message: String(thrown) };
  return new AppError(what === 'step' ? 'stepNotDrawn' : 'studioNotDrawn', { detail: `${name}: ${message}` });
}

/** In place of what threw while it was drawn: what happened, what is still there, and both ways on. */
export function PageFailed({ what, thrown, onRetry }: PageFailedProps) {
  const { t } = useTranslation('common');
  const hasData = useProject((state) => state.summary !== null);
  const saved = useSaving((state) => state.savedAt !== null);
  const notice = (
    <ErrorNotice
      error={failureOf(what, thrown)}
      action={
        <>
          <div className={styles.ways}>
            <Button onClick={onRetry}>{t('notDrawn.again')}</Button>
            <Button variant="default" onClick={() => window.location.reload()}>
              {t('notDrawn.reload')}
            </Button>
          </div>
          {hasData ? <p className={styles.note}>{t(saved ? 'notDrawn.comesBack' : 'notDrawn.unsaved')}</p> : null}
        </>
      }
    />
  );
  // Without its frame the page has no room around it, and no main part.
  return what === 'step' ? (
    <Page>{notice}</Page>
  ) : (
    <main className={styles.alone}>
      <Page>{notice}</Page>
    </main>
  );
}
