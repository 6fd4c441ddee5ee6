import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AppError } from '../../base/error.ts';
import { ROLES } from '../../data/plan.ts';
import { useFormat } from '../../i18n/format.ts';
import { useWords } from '../../i18n/words.ts';
import { dismissError, openFiles, reviseImport, useProject } from '../../store/project.ts';
import { go } from '../../store/route.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Figure, Figures } from '../../ui/figure.tsx';
import { Page, PageHeader } from '../../ui/page.tsx';
import type { DatasetSummary } from '../../worker/api/data.ts';
import { FilePicker } from '../start/file-picker.tsx';
import styles from './data.module.css';
import { PortraitCharts } from './portrait-charts.tsx';
import { ReportCard } from './report-card.tsx';

const SHOWN_COLUMNS = 4;

/** "u.item › #6, #7, #8, #9 + 15": columns by table, so that nineteen flags do not fill the card. */
export function columnsText(columns: readonly string[]): string {
  const tables = new Map<string, string[]>();
  for (const column of columns) {
    const at = column.lastIndexOf(' › ');
    const table = column.slice(0, Math.max(0, at));
    tables.set(table, [...(tables.get(table) ?? []), column.slice(at < 0 ? 0 : at + 3)]);
  }
  return Array.from(tables, ([table, names]) => {
    const more = names.length - SHOWN_COLUMNS;
    const shown = names.slice(0, SHOWN_COLUMNS).join(', ') + (more > 0 ? ` + ${more}` : '');
    return table === '' ? shown : `${table} › ${shown}`;
  }).join(', ');
}

interface PortraitViewProps {
  readonly summary: DatasetSummary;
  /** Why the last attempt to open something else failed; what is shown here was kept. */
  readonly error: AppError | null;
}

/** What is loaded: how every row was accounted for, and what the data looks like. */
export function PortraitView({ summary, error }: PortraitViewProps) {
  const { t } = useTranslation(['data', 'common']);
  const format = useFormat();
  const words = useWords(summary);
  const explicit = summary.feedback === 'explicit';
  const said = {
    people: words.countPeople(summary.customers),
    things: words.countThings(summary.products),
    actions: words.countActions(summary.interactions),
    mean: summary.meanRating === null ? '' : format.number(summary.meanRating, 1),
  };
  const revisable = useProject((state) => state.proposal !== null);
  const roles = ROLES.filter((role) => (summary.roles[role]?.length ?? 0) > 0);
  return (
    <Page>
      <PageHeader
        label={t('data:page.name')}
        finding={explicit ? t('data:page.explicitFinding', said) : t('data:page.implicitFinding', said)}
        actions={
          <>
            <FilePicker label={t('data:page.another')} onFiles={(files) => void openFiles(files)}>
              {(open) => (
                <Button variant="default" onClick={open}>
                  {t('data:page.another')}
                </Button>
              )}
            </FilePicker>
            <Button onClick={() => go('train')}>{t('data:page.train')}</Button>
          </>
        }
      />
      {error ? <ErrorNotice error={error} onDismiss={dismissError} /> : null}
      <Card>
        <Figures>
          <Figure label={words.params.People} value={format.number(summary.customers)} />
          <Figure label={words.params.Things} value={format.number(summary.products)} />
          <Figure
            label={t('data:portrait.pairs')}
            value={format.number(summary.pairs)}
            note={t('data:portrait.pairsText', { ...words.params, density: format.percent(summary.density) })}
          />
          <Figure
            label={t('data:portrait.median')}
            value={format.number(summary.medianPerCustomer)}
            note={t('data:portrait.medianText', words.params)}
          />
          <Figure
            label={t('data:portrait.newcomers')}
            value={format.number(summary.newCustomers)}
            note={t('data:portrait.newcomersText', words.params)}
          />
          <Figure
            label={t('data:portrait.readIn')}
            value={format.duration(summary.importMs)}
            note={t('data:portrait.readInText')}
          />
        </Figures>
      </Card>
      <ReportCard report={summary.report} feedback={summary.feedback} />
      <div className={styles.pair}>
        <PortraitCharts summary={summary} words={words} />
        <Card
          title={t('data:readAs.title')}
          aside={
            revisable ? (
              <Button variant="default" size="xs" onClick={reviseImport}>
                {t('data:readAs.change')}
              </Button>
            ) : null
          }
        >
          <dl className={styles.roles}>
            <dt>{t('data:readAs.feedback')}</dt>
            <dd>{t(`data:readAs.signal.${summary.action}`)}</dd>
            {roles.map((role) => (
              <div key={role} style={{ display: 'contents' }}>
                <dt>{t(`data:roles.${role}`)}</dt>
                <dd translate="no">{columnsText(summary.roles[role] ?? [])}</dd>
              </div>
            ))}
          </dl>
        </Card>
      </div>
    </Page>
  );
}
