import { useTranslation } from 'react-i18next';
import { cancelImport, useProject } from '../../store/project.ts';
import { Card } from '../../ui/card.tsx';
import { Page, PageHeader } from '../../ui/page.tsx';
import { ProgressPanel } from '../../ui/progress-panel.tsx';
import styles from './data.module.css';

/** Rows, percent, speed, cancel. */
export function ReadingView() {
  const { t } = useTranslation('data');
  const { phase, reading, progress } = useProject();
  return (
    <Page>
      <PageHeader
        label={t('page.name')}
        finding={t('reading.title', { name: reading === '' ? t('reading.yourData') : reading })}
      />
      <Card className={styles.center}>
        <ProgressPanel progress={progress} onCancel={cancelImport} />
        <p className={styles.note}>{phase === 'preparing' ? t('reading.preparing') : t('reading.text')}</p>
      </Card>
    </Page>
  );
}
