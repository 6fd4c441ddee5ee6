import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportProposal, PlanQuestion, Role, TableProposal } from '../../data/plan.ts';
import { useFormat } from '../../i18n/format.ts';
import { changeProposal } from '../../store/project.ts';
import { Card } from '../../ui/card.tsx';
import { useColumnName } from './column-name.ts';
import styles from './data.module.css';

interface QuestionCardProps {
  readonly question: PlanQuestion;
  readonly proposal: ImportProposal;
}

/** What only the person can know, as a choice of buttons. */
export function QuestionCard({ question, proposal }: QuestionCardProps) {
  const { t } = useTranslation('data');
  const shown = proposal.tables.find(({ source }) => source === question.source);
  switch (question.code) {
    case 'ratingAmbiguous':
      return shown ? <WhichRating question={question} shown={shown} proposal={proposal} /> : null;
    case 'columnMissing':
      return shown ? <WhichColumn role={question.params['role'] as Role} shown={shown} /> : null;
    case 'noLogTable':
      return (
        <Card title={t('questions.noLogTable')} selected>
          <p>{t('questions.noLogTableText')}</p>
          <div className={styles.answers}>
            {proposal.tables.map((table) => (
              <Button
                key={table.source}
                variant="default"
                translate="no"
                onClick={() => void changeProposal({ source: table.source, use: 'log' })}
              >
                {table.name}
              </Button>
            ))}
          </div>
        </Card>
      );
    case 'tooLarge':
      return <TooLarge question={question} />;
    default:
      return question.code satisfies never;
  }
}

function WhichRating({ question, shown, proposal }: QuestionCardProps & { readonly shown: TableProposal }) {
  const { t } = useTranslation('data');
  const columnName = useColumnName();
  const { source } = shown;
  const names = [String(question.params['first']), String(question.params['second'])];
  // The plan calls a column without a name by its number: "#3".
  const columnOf = (name: string) =>
    shown.preview.names.findIndex((candidate, at) => (candidate.trim() || `#${at + 1}`) === name);
  const current = proposal.plan.tables
    .find((table) => table.source === source)
    ?.columns.findIndex(({ role }) => role === 'rating');
  const columns = names.map(columnOf).filter((column) => column >= 0);
  const label = (column: number) => columnName(shown.preview.names[column], column);
  return (
    <Card title={t('questions.ratingAmbiguous')} selected>
      <p>{t('questions.ratingAmbiguousText', { first: label(columns[0] ?? 0), second: label(columns[1] ?? 0) })}</p>
      <div className={styles.answers}>
        {columns.map((column) => (
          <Button
            key={column}
            onClick={() => void changeProposal({ source, column, role: 'rating' })}
            variant="default"
          >
            <span translate="no">{label(column)}</span>
          </Button>
        ))}
        <Button
          variant="subtle"
          onClick={() =>
            void changeProposal({
              source,
              column: current !== undefined && current >= 0 ? current : columns[0],
              role: 'ignore',
              feedback: 'implicit',
            })
          }
        >
          {t('questions.ratingNeither')}
        </Button>
      </div>
    </Card>
  );
}

function WhichColumn({ role, shown }: { readonly role: Role; readonly shown: TableProposal }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const columnName = useColumnName();
  const roleName = t(`roles.${role}`).toLocaleLowerCase(format.locale);
  return (
    <Card title={t('questions.columnMissing', { role: roleName })} selected>
      <p>
        {t('questions.columnMissingText', { table: shown.name })} {t('questions.answerInTable')}
      </p>
      <div className={styles.answers}>
        {shown.preview.names.slice(0, 12).map((name, column) => (
          <Button
            key={column}
            variant="default"
            onClick={() => void changeProposal({ source: shown.source, column, role })}
          >
            <span translate="no">{columnName(name, column)}</span>
          </Button>
        ))}
        {role === 'rating' ? (
          <Button variant="subtle" onClick={() => void changeProposal({ source: shown.source, feedback: 'implicit' })}>
            {t('questions.ratingNeither')}
          </Button>
        ) : null}
      </div>
    </Card>
  );
}

function TooLarge({ question }: { readonly question: PlanQuestion }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const { source, params } = question;
  const [rows, neededMb, budgetMb, percent] = ['rows', 'neededMb', 'budgetMb', 'percent'].map((name) =>
    Number(params[name]),
  );
  const possible = params['possible'] === 1;
  return (
    <Card title={t('questions.tooLarge')} selected>
      <p>
        {t('questions.tooLargeText', {
          rows: format.number(Number(rows.toPrecision(2))),
          needed: format.number(Number(neededMb.toPrecision(2))),
          budget: format.number(budgetMb),
        })}{' '}
        {t('questions.tooLargeSample')} {possible ? t('questions.tooLargeAnyway') : t('questions.tooLargeNever')}
      </p>
      <div className={styles.answers}>
        <Button variant="default" onClick={() => void changeProposal({ source, sample: percent / 100 })}>
          {t('questions.takeSample', { percent: format.number(percent) })}
        </Button>
        {possible ? (
          <Button variant="subtle" onClick={() => void changeProposal({ source, sample: 1 })}>
            {t('questions.readAll')}
          </Button>
        ) : null}
      </div>
    </Card>
  );
}
