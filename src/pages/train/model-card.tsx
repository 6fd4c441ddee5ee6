import { Button } from '@mantine/core';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { type EpochModel, type Head, PRESETS, type Preset } from '../../models/recommender.ts';
import { train } from '../../store/training.ts';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { RunSummary } from '../../worker/api/training.ts';
import { AdvancedSettings, type Changes, NO_CHANGES } from './advanced-settings.tsx';
import { ModelStateChip } from './model-state-chip.tsx';
import styles from './train.module.css';
import { roughly, shownPreset } from './train-view.ts';
import { useModelState } from './use-model-state.ts';

/** The one figure of a finished run that a person remembers. */
function ResultLine({ run, words }: { readonly run: RunSummary; readonly words: Words }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  if (run.mae !== null) {
    return (
      <p className={styles.result} title={t('typicalErrorHint')}>
        <span>{t('typicalError')}</span>
        <strong>{format.number(run.mae, 3)} ★</strong>
      </p>
    );
  }
  const random = format.number(run.randomHitsOfTen, 2);
  return (
    <p className={styles.result} title={t('hitsHint', { ...words.params, random })}>
      <span>{t('hitsOfTen')}</span>
      <strong>{format.number(run.hitsOfTen, 2)}</strong>
    </p>
  );
}

/** What a head of its own lacks, a factorization's beside it has. */
const BOTH_HEADS: readonly Head[] = ['taste', 'choice'];

interface ModelCardProps {
  readonly model: EpochModel;
  readonly words: Words;
}

/** One model: how thorough, train, every setting in the fold, and how the last run went. */
export const ModelCard = memo(function ModelCard({ model, words }: ModelCardProps) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const state = useModelState(model);
  const [picked, setPicked] = useState<Preset | null>(null);
  const preset = shownPreset(state, picked);
  const [changes, setChanges] = useState<Changes>(NO_CHANGES);
  const running = state.kind === 'running' || state.kind === 'waiting';
  return (
    <Card
      title={t(`models.${model}.name`)}
      aside={<ModelStateChip state={state} />}
      selected={state.kind === 'running'}
    >
      <p className={styles.modelText}>{t(`models.${model}.text`, words.params)}</p>
      <div className={styles.modelControls}>
        <Segmented
          label={t('presetLabel')}
          compact
          value={preset}
          options={PRESETS.map((value) => ({ value, label: t(`preset.${value}`) }))}
          onChange={(value) => {
            setPicked(value);
            setChanges((old) => ({ ...old, settings: {} }));
          }}
          disabled={running}
        />
        <Button
          variant="default"
          className={styles.trainButton}
          disabled={running}
          aria-label={t('actions.trainModel', { model: t(`models.${model}.name`), preset: t(`preset.${preset}`) })}
          onClick={() => void train(model, preset, changes.settings, changes.seed)}
        >
          {t('actions.train')}
        </Button>
      </div>
      {state.kind === 'idle' && state.offer?.request.preset === preset ? (
        <p className={styles.offer}>{t('offer', { time: format.duration(1000 * roughly(state.offer.seconds)) })}</p>
      ) : null}
      {state.kind === 'done' ? <ResultLine run={state.summary} words={words} /> : null}
      <AdvancedSettings
        model={model}
        preset={preset}
        heads={BOTH_HEADS}
        changes={changes}
        onChange={setChanges}
        disabled={running}
        words={words}
      />
    </Card>
  );
});
