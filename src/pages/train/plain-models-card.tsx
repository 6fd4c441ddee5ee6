import { Button } from '@mantine/core';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { HEADS_OF, type ModelName, type Preset } from '../../models/recommender.ts';
import { tableMemory } from '../../models/table-memory.ts';
import { train } from '../../store/training.ts';
import { Card } from '../../ui/card.tsx';
import type { DatasetSummary } from '../../worker/api/data.ts';
import { AdvancedSettings, type Changes, NO_CHANGES } from './advanced-settings.tsx';
import { ModelStateChip } from './model-state-chip.tsx';
import styles from './train.module.css';
import { memoryNote, plainModelsFor } from './train-view.ts';
import { useModelState } from './use-model-state.ts';

/** They learn the same under every preset, but for how long. */
const PRESET: Preset = 'balanced';
/** Nothing of them can be set, and nothing is drawn. */
const SETTINGLESS: readonly ModelName[] = ['popularity'];

/** What a model of every two of them takes, before somebody presses; nothing where that is next to nothing. */
function MemoryLine({ model, data, words }: PlainModelProps) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const note = memoryNote(model, tableMemory(model, data));
  if (!note) return null;
  const params = {
    ...words.params,
    memory: format.bytes(1e6 * note.megabytes),
    most: format.bytes(1e6 * note.mostMegabytes),
    counted: words.countThings(note.rows),
  };
  return <span className={styles.plainMemory}>{t(`memory.${note.say}`, params)}</span>;
}

interface PlainModelProps {
  readonly model: ModelName;
  readonly data: DatasetSummary;
  readonly words: Words;
}

function PlainModel({ model, data, words }: PlainModelProps) {
  const { t } = useTranslation('train');
  const state = useModelState(model);
  const running = state.kind === 'running' || state.kind === 'waiting';
  const name = t(`models.${model}.name`);
  const [changes, setChanges] = useState<Changes>(NO_CHANGES);
  return (
    <li className={styles.plain}>
      <span className={styles.plainHead}>
        <strong>{name}</strong>
        {state.kind === 'idle' ? null : <ModelStateChip state={state} />}
        <Button
          variant="default"
          size="xs"
          className={styles.trainButton}
          disabled={running}
          aria-label={t('plain.train', { model: name })}
          onClick={() => void train(model, PRESET, changes.settings, changes.seed)}
        >
          {t('actions.train')}
        </Button>
      </span>
      <span className={styles.plainText}>{t(`models.${model}.text`, words.params)}</span>
      <MemoryLine model={model} data={data} words={words} />
      {SETTINGLESS.includes(model) ? null : (
        <AdvancedSettings
          model={model}
          preset={PRESET}
          heads={HEADS_OF[model]}
          of={name}
          changes={changes}
          onChange={setChanges}
          disabled={running}
          words={words}
        />
      )}
    </li>
  );
}

interface PlainModelsCardProps {
  readonly data: DatasetSummary;
  readonly words: Words;
}

/** The rest of the family: one press each, its settings folded. Folded as a whole, because nobody needs them first. */
export const PlainModelsCard = memo(function PlainModelsCard({ data, words }: PlainModelsCardProps) {
  const { t } = useTranslation('train');
  const models = plainModelsFor(data.feedback);
  return (
    <Card>
      <details className={styles.plainFold}>
        <summary>{t('plain.open', { count: models.length, n: models.length })}</summary>
        <p className={styles.modelText}>{t('plain.text', words.params)}</p>
        <ul className={styles.plainList}>
          {models.map((model) => (
            <PlainModel key={model} model={model} data={data} words={words} />
          ))}
        </ul>
      </details>
    </Card>
  );
});
