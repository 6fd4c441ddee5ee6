import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Head, ModelName } from '../../models/recommender.ts';
import { DEFAULT_SEED } from '../../store/training.ts';
import { stopTuning, tune } from '../../store/tuning.ts';
import { Segmented } from '../../ui/segmented.tsx';
import type { TuneRequest } from '../../worker/api/tuning.ts';
import styles from './tuning-card.module.css';
import { BUDGETS, searchableOn } from './tuning-view.ts';

type BudgetKey = `${(typeof BUDGETS)[number]}`;

interface TuningSetupProps {
  readonly feedback: 'explicit' | 'implicit';
  /** What was searched for last. */
  readonly last: TuneRequest | null;
  /** A search is under way. */
  readonly disabled: boolean;
}

/** Which model, what it is judged by, and for how long. */
export function TuningSetup({ feedback, last, disabled }: TuningSetupProps) {
  const { t } = useTranslation('tuning');
  const { t: ofTrain } = useTranslation('train');
  const possible = searchableOn(feedback);
  const [picked, setPicked] = useState<{ model?: ModelName; head?: Head; seconds?: BudgetKey }>({});
  const model = picked.model ?? last?.model ?? possible[0].model;
  const { heads } = possible.find((one) => one.model === model) ?? possible[0];
  const wanted = picked.head ?? last?.head;
  const head = wanted && heads.includes(wanted) ? wanted : heads[0];
  const seconds = picked.seconds ?? BUDGETS.map(String).find((key) => key === String(last?.seconds)) ?? '60';
  return (
    <div className={styles.setup}>
      <div className={styles.field}>
        <span className={styles.label}>{t('model')}</span>
        <NativeSelect
          aria-label={t('model')}
          value={model}
          disabled={disabled}
          data={possible.map((one) => ({ value: one.model, label: ofTrain(`models.${one.model}.name`) }))}
          onChange={(event) => setPicked({ ...picked, model: event.currentTarget.value as ModelName })}
        />
      </div>
      {heads.length > 1 ? (
        <div className={styles.field}>
          <span className={styles.label}>{t('figure')}</span>
          <Segmented
            label={t('figure')}
            compact
            value={head}
            options={heads.map((value) => ({ value, label: t(`figures.${value}`) }))}
            onChange={(value) => setPicked({ ...picked, head: value })}
            disabled={disabled}
          />
        </div>
      ) : null}
      <div className={styles.field}>
        <span className={styles.label}>{t('budget')}</span>
        <Segmented
          label={t('budget')}
          compact
          value={seconds as BudgetKey}
          options={BUDGETS.map((value) => ({ value: `${value}` as BudgetKey, label: t(`budgets.${value}`) }))}
          onChange={(value) => setPicked({ ...picked, seconds: value })}
          disabled={disabled}
        />
      </div>
      {disabled ? (
        <Button variant="default" title={t('stopHint')} onClick={() => void stopTuning()}>
          {t('stop')}
        </Button>
      ) : (
        <Button
          variant="default"
          onClick={() => void tune({ model, head, preset: 'balanced', seconds: Number(seconds), seed: DEFAULT_SEED })}
        >
          {t('start')}
        </Button>
      )}
    </div>
  );
}
