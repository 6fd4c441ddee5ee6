import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ColdCustomersResult } from '../../evaluate/cold-start.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { coldKey, measureColdStart, stopColdStart, useColdStart } from '../../store/cold-start.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import styles from './questions.module.css';

/** Differences that chance makes as often as this are not spoken of. */
const CHANCE = 0.05;

interface ColdWorthProps {
  readonly words: Words;
  readonly run: string | null;
  readonly data: string;
}

/** What three answers are worth here: measured when somebody wants to know, on customers held out whole. */
export function ColdWorth({ words, run, data }: ColdWorthProps) {
  const { t } = useTranslation('customers');
  const of = coldKey(data, run);
  const measurement = useColdStart((state) => (state.customers?.of === of ? state.customers : null));
  if (measurement?.measuring) {
    const { share } = measurement.measuring;
    return (
      <div className={styles.worth}>
        <p role="status">{t(share === null ? 'questions.worth.waiting' : 'questions.worth.measuring', words.params)}</p>
        <ProgressBar label={t('questions.worth.measuring', words.params)} share={share} />
        <Button size="xs" variant="subtle" className={styles.flush} onClick={() => stopColdStart('customers')}>
          {t('questions.worth.stop')}
        </Button>
      </div>
    );
  }
  const answer = measurement?.answer;
  return (
    <div className={styles.worth}>
      {measurement?.error ? <ErrorNotice error={measurement.error} /> : null}
      {answer?.what === 'customers' ? (
        <Worth result={answer.result} words={words} />
      ) : (
        <Button
          size="xs"
          variant="subtle"
          className={styles.flush}
          onClick={() => void measureColdStart(of, { what: 'customers', run })}
        >
          {t('questions.worth.ask')}
        </Button>
      )}
    </div>
  );
}

function Worth({ result, words }: { readonly result: ColdCustomersResult; readonly words: Words }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const { steps, everything, customers, answered } = result;
  const [bestsellers] = steps;
  const last = steps[steps.length - 1];
  const { versus, times } = last;
  const clear = versus !== null && versus.p < CHANCE && times !== null;
  const percent = (share: number) => format.percent(share, 1);
  const how = clear ? (last.recall.mean > bestsellers.recall.mean ? 'more' : 'less') : 'same';
  return (
    <>
      <p role="status">
        {t(`questions.worth.${how}`, {
          ...words.params,
          times: format.number(times ?? 1, 2),
          after: percent(last.recall.mean),
          before: percent(bestsellers.recall.mean),
        })}
      </p>
      <p className={styles.detail}>
        {t('questions.worth.how', {
          ...words.params,
          held: words.countPeople(customers),
          answered: format.percent(answered),
          everything: percent(everything.recall.mean),
        })}
      </p>
    </>
  );
}
