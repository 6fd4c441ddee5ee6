import { NativeSelect, NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Words } from '../../i18n/words.ts';
import type { SettingValue } from '../../models/setting-values.ts';
import type { SettingField } from '../../worker/api/training.ts';
import { useSettingNames } from './setting-names.ts';
import styles from './train.module.css';

interface SettingControlProps {
  readonly field: SettingField;
  /** What it stands at: the person's, else the preset's; null: validation decides. */
  readonly value: SettingValue | null;
  /** It has no effect with the other settings as they are. */
  readonly idle: boolean;
  readonly words: Words;
  /** null: back to the preset's. */
  readonly onChange: (value: SettingValue | null) => void;
}

/** One setting: a number, or one of a few with a sentence about it. */
export function SettingControl({ field, value, idle, words, onChange }: SettingControlProps) {
  const { t } = useTranslation('train');
  const names = useSettingNames(words);
  const label = names.label(field.name);
  if (field.kind === 'choice') {
    const chosen = value ?? field.value;
    return (
      <NativeSelect
        label={label}
        size="xs"
        inputWrapperOrder={['label', 'input', 'description']}
        description={names.hint(field.name, chosen)}
        classNames={{ description: styles.choiceHint }}
        value={String(chosen)}
        data={field.options.map((option) => ({
          value: String(option.value),
          label: option.label ?? names.value(field.name, option.value),
        }))}
        onChange={(event) => {
          const picked = event.currentTarget.value;
          onChange(field.options.find((option) => String(option.value) === picked)?.value ?? null);
        }}
      />
    );
  }
  return (
    <NumberInput
      label={label}
      size="xs"
      min={field.min}
      max={field.max}
      step={field.step}
      allowDecimal={field.step !== 1}
      disabled={idle}
      placeholder={field.value === null ? t('advanced.decided') : undefined}
      value={value ?? ''}
      onChange={(entered) => {
        if (typeof entered === 'number' && Number.isFinite(entered)) onChange(entered);
        else if (entered === '' && field.value === null) onChange(null);
      }}
    />
  );
}
