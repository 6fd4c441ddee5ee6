import { Button } from '@mantine/core';
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AppError, toAppError } from '../../base/error.ts';
import type { Feedback } from '../../data/plan.ts';
import type { CleaningReport, RejectReason } from '../../data/report.ts';
import { useFormat } from '../../i18n/format.ts';
import { engine } from '../../store/engine.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { BarList } from '../../viz/bar-list.tsx';
import { saveBlob } from '../save-blob.ts';
import styles from './data.module.css';
import { warningText } from './wording.ts';

const PARTS = [
  { name: 'kept', color: 'var(--tm-accent)' },
  { name: 'merged', color: 'var(--tm-series-neural)' },
  { name: 'netted', color: 'var(--tm-warning)' },
  { name: 'blank', color: 'var(--tm-line-strong)' },
  { name: 'rejected', color: 'var(--tm-bad)' },
  { name: 'setAside', color: 'var(--tm-ink-3)' },
] as const;

/** Every row read is exactly one of kept, merged, netted, blank, rejected, set aside; the rejected ones can be downloaded. */
export function ReportCard({ report, feedback }: { readonly report: CleaningReport; readonly feedback: Feedback }) {
  const { t } = useTranslation(['data', 'common']);
  const { t: data } = useTranslation('data');
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);

  const parts = PARTS.filter(({ name }) => report[name] > 0 || name === 'kept');
  const reasons = (Object.entries(report.reasons) as [RejectReason, number][]).sort((a, b) => b[1] - a[1]);
  const rowCount = t('common:counts.rows', { count: report.read, n: format.number(report.read) });
  const sentence =
    report.kept === report.read
      ? t('data:report.clean', { rows: rowCount })
      : t('data:report.summary', { kept: format.number(report.kept), read: format.number(report.read) });

  const download = async () => {
    setBusy(true);
    setError(null);
    try {
      saveBlob(await engine().rejectedRows(), t('data:report.fileName'));
    } catch (thrown) {
      setError(toAppError(thrown));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Card
      title={t('data:report.title')}
      aside={
        report.rejected > 0 ? (
          <Button
            variant="default"
            leftSection={<IconDownload size={16} stroke={1.5} aria-hidden="true" />}
            loading={busy}
            onClick={() => void download()}
          >
            {t('data:report.download')}
          </Button>
        ) : null
      }
    >
      <p className={styles.muted}>{sentence}</p>
      <div className={styles.stack} aria-hidden="true">
        {parts.map(({ name, color }) => (
          <span key={name} style={{ flexGrow: report[name], background: color }} />
        ))}
      </div>
      <ul className={styles.shares}>
        {parts.map(({ name, color }) => (
          <li key={name}>
            <span className={styles.shareName}>
              <span className={styles.swatch} style={{ background: color }} aria-hidden="true" />
              {t(`data:report.${name}`)}
            </span>
            <span className={styles.shareCount}>{format.number(report[name])}</span>
            <span className={styles.muted}>
              {name === 'merged' ? t(`data:report.mergedText.${feedback}`) : t(`data:report.${name}Text`)}
            </span>
          </li>
        ))}
      </ul>
      {reasons.length > 0 ? (
        <div className={styles.why}>
          <h3 className={styles.whyTitle}>{t('data:report.why')}</h3>
          <BarList
            label={t('data:report.why')}
            color="var(--tm-bad)"
            items={reasons.map(([reason, count]) => ({
              id: reason,
              label: t(`data:rejects.${reason}`),
              value: count,
              text: format.number(count),
            }))}
          />
        </div>
      ) : null}
      {report.warnings.length > 0 ? (
        <ul className={styles.warnings}>
          {report.warnings.map((warning) => (
            <li key={`${warning.code} ${warning.params['table'] ?? warning.params['column'] ?? ''}`}>
              <IconAlertTriangle size={17} stroke={1.5} aria-hidden="true" />
              <span>{warningText(data, format, warning)}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {error ? <ErrorNotice error={error} onDismiss={() => setError(null)} /> : null}
    </Card>
  );
}
