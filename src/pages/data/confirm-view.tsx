import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AppError } from '../../base/error.ts';
import type { ErrorCode } from '../../base/error-codes.ts';
import type { ImportProposal } from '../../data/plan.ts';
import { useExplain } from '../../i18n/explain.ts';
import { useFormat } from '../../i18n/format.ts';
import { cancelImport, changeProposal, confirmImport, dismissError, keepImport } from '../../store/project.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Page, PageHeader } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import styles from './data.module.css';
import { QuestionCard } from './question-card.tsx';
import { TableCard } from './table-card.tsx';
import { feedbackReasonText } from './wording.ts';

const USE_ORDER = { log: 0, products: 1, customers: 2, unused: 3 } as const;

/** What the file seems to hold: every guess with its reason, every guess changeable, questions first. */
export function ConfirmView({
  proposal,
  error,
  revising = false,
}: {
  readonly proposal: ImportProposal;
  readonly error: AppError | null;
  /** It is loaded already and stays as it is unless something is changed. */
  readonly revising?: boolean;
}) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const explain = useExplain();
  const { plan } = proposal;
  const open = plan.questions.length > 0;
  const log = plan.tables.find(({ use }) => use === 'log');
  const conventions = [
    plan.orderMatters ? t(plan.dayFirst ? 'confirm.dayFirst' : 'confirm.monthFirst') : '',
    plan.decimalComma ? t('confirm.decimalComma') : '',
    plan.sample !== undefined && plan.sample < 1
      ? t('confirm.sample', { percent: format.number(Math.round(100 * plan.sample)) })
      : '',
  ].filter(Boolean);
  const tables = [...plan.tables].sort((a, b) => USE_ORDER[a.use] - USE_ORDER[b.use]);
  return (
    <Page>
      <PageHeader
        label={t('page.name')}
        finding={
          open
            ? t('confirm.findingQuestions', { count: plan.questions.length, n: format.number(plan.questions.length) })
            : t(revising ? 'confirm.findingAgain' : 'confirm.finding')
        }
        actions={
          <>
            <Button variant="default" onClick={revising ? keepImport : cancelImport}>
              {t(revising ? 'confirm.keep' : 'confirm.cancel')}
            </Button>
            <Button disabled={open} onClick={() => void confirmImport()}>
              {t(revising ? 'confirm.again' : 'confirm.start')}
            </Button>
          </>
        }
      />
      {error ? <ErrorNotice error={error} onDismiss={dismissError} /> : null}
      {plan.questions.map((question) => (
        <QuestionCard
          key={`${question.code} ${question.params['role'] ?? ''}`}
          question={question}
          proposal={proposal}
        />
      ))}
      {log ? (
        <Card
          title={t('confirm.feedbackLabel')}
          aside={
            <Segmented
              label={t('confirm.feedbackLabel')}
              value={plan.feedback.feedback}
              onChange={(feedback) => void changeProposal({ source: log.source, feedback })}
              options={[
                { value: 'explicit', label: t('feedback.explicit') },
                { value: 'implicit', label: t('feedback.implicit') },
              ]}
            />
          }
        >
          <p>{t(`feedback.${plan.feedback.feedback}Text`)}</p>
          <p className={styles.muted}>{feedbackReasonText(t, format, plan.feedback)}</p>
          {conventions.length > 0 ? <p className={styles.muted}>{conventions.join(' ')}</p> : null}
        </Card>
      ) : null}
      {tables.map((table) => {
        const shown = proposal.tables.find(({ source }) => source === table.source);
        return shown ? <TableCard key={table.source} table={table} shown={shown} /> : null;
      })}
      {proposal.skipped.length > 0 ? (
        <Card title={t('confirm.skipped')} smallTitle>
          <ul className={styles.warnings} style={{ marginTop: 0 }}>
            {proposal.skipped.map(({ name, code }) => (
              <li key={name}>
                {explain({ code: code as ErrorCode, params: { file: name, format: '', limitMb: '' } }).what}
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
    </Page>
  );
}
