import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Words } from '../../i18n/words.ts';
import type { ModelName } from '../../models/recommender.ts';
import { train, useTraining } from '../../store/training.ts';
import { Card } from '../../ui/card.tsx';
import { ModelStateChip } from './model-state-chip.tsx';
import styles from './train.module.css';
import { modelState, plainModelsFor } from './train-view.ts';

function PlainModel({ model, words }: { readonly model: ModelName; readonly words: Words }) {
  const { t } = useTranslation('train');
  const live = useTraining((state) => state.live);
  const waiting = useTraining((state) => state.waiting);
  const runs = useTraining((state) => state.runs);
  const state = modelState(model, live, waiting, runs, []);
  const name = t(`models.${model}.name`);
  return (
    <li className={styles.plain}>
      <span className={styles.plainHead}>
        <strong>{name}</strong>
        {state.kind === 'idle' ? null : <ModelStateChip state={state} />}
        <Button
          variant="default"
          size="xs"
          className={styles.trainButton}
          disabled={state.kind === 'running' || state.kind === 'waiting'}
          aria-label={t('plain.train', { model: name })}
          onClick={() => void train(model, 'balanced')}
        >
          {t('actions.train')}
        </Button>
      </span>
      <span className={styles.plainText}>{t(`models.${model}.text`, words.params)}</span>
    </li>
  );
}

interface PlainModelsCardProps {
  readonly feedback: 'explicit' | 'implicit';
  readonly words: Words;
}

/** The rest of the family: one step each, no settings to think about. Folded, because nobody needs them first. */
export function PlainModelsCard({ feedback, words }: PlainModelsCardProps) {
  const { t } = useTranslation('train');
  const models = plainModelsFor(feedback);
  return (
    <Card>
      <details className={styles.plainFold}>
        <summary>{t('plain.open', { count: models.length, n: models.length })}</summary>
        <p className={styles.modelText}>{t('plain.text', words.params)}</p>
        <ul className={styles.plainList}>
          {models.map((model) => (
            <PlainModel key={model} model={model} words={words} />
          ))}
        </ul>
      </details>
    </Card>
  );
}
