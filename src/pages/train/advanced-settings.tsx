import { Button, NumberInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Head, ModelName, Preset } from '../../models/recommender.ts';
import { useEngine } from '../../store/engine.ts';
import { DEFAULT_SEED } from '../../store/training.ts';
import type { SettingField, Settings } from '../../worker/api.ts';
import styles from './train.module.css';

/** What the person changed of a preset. */
export interface Changes {
  readonly settings: Settings;
  readonly seed: number;
}

export const NO_CHANGES: Changes = { settings: {}, seed: DEFAULT_SEED };

interface AdvancedSettingsProps {
  readonly model: ModelName;
  readonly preset: Preset;
  readonly changes: Changes;
  readonly onChange: (changes: Changes) => void;
  readonly disabled: boolean;
}

/** Every hyperparameter with its default for this data. Asked for and built when unfolded: each field costs milliseconds. */
export function AdvancedSettings({ model, preset, changes, onChange, disabled }: AdvancedSettingsProps) {
  const { t } = useTranslation('train');
  const engine = useEngine();
  const [open, setOpen] = useState(false);
  const [fields, setFields] = useState<readonly SettingField[]>([]);
  useEffect(() => {
    if (!open) return;
    let current = true;
    void engine.settings(model, preset).then((found) => {
      if (current) setFields(found);
    });
    return () => {
      current = false;
    };
  }, [open, engine, model, preset]);

  const heads = (['taste', 'choice'] as const).filter((head: Head) => fields.some((field) => field.head === head));
  const change = (field: SettingField, value: number | string) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return;
    const { [field.key]: _, ...others } = changes.settings;
    onChange({ ...changes, settings: value === field.value ? others : { ...others, [field.key]: value } });
  };
  return (
    <details className={styles.advanced} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('advanced.open')}</summary>
      {open ? (
        <fieldset disabled={disabled} className={styles.fields}>
          <NumberInput
            label={t('advanced.seed')}
            description={t('advanced.seedHint')}
            size="xs"
            min={1}
            max={2 ** 31 - 1}
            allowDecimal={false}
            value={changes.seed}
            onChange={(value) => typeof value === 'number' && onChange({ ...changes, seed: value })}
          />
          {heads.map((head) => (
            <div key={head} className={styles.fieldGroup}>
              {heads.length > 1 ? <h3>{t(`advanced.${head}`)}</h3> : null}
              {fields.some((field) => field.head === head && field.name === 'burnIn') ? (
                <p className={styles.fieldsNote}>{t('advanced.posterior')}</p>
              ) : null}
              {fields
                .filter((field) => field.head === head)
                .map((field) => (
                  <NumberInput
                    key={`${field.key} ${preset}`}
                    label={t(`setting.${field.name}` as 'setting.factors')}
                    size="xs"
                    min={field.min}
                    max={field.max}
                    step={field.step}
                    allowDecimal={field.step !== 1}
                    value={changes.settings[field.key] ?? field.value}
                    onChange={(value) => change(field, value)}
                  />
                ))}
            </div>
          ))}
          <Button variant="subtle" size="xs" onClick={() => onChange(NO_CHANGES)}>
            {t('advanced.reset')}
          </Button>
        </fieldset>
      ) : null}
    </details>
  );
}
