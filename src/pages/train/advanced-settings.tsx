import { Button, NumberInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../evaluate/head-plan.ts';
import type { Words } from '../../i18n/words.ts';
import type { Head, ModelName, Preset } from '../../models/recommender.ts';
import { useEngine } from '../../store/engine.ts';
import { DEFAULT_SEED } from '../../store/training.ts';
import type { SettingField } from '../../worker/api/training.ts';
import { isIdle, withSetting } from './setting-changes.ts';
import { SettingControl } from './setting-control.tsx';
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
  /** Whose settings are offered. */
  readonly heads: readonly Head[];
  /** Said beside "Advanced" where several stand below each other. */
  readonly of?: string;
  readonly changes: Changes;
  readonly onChange: (changes: Changes) => void;
  readonly disabled: boolean;
  readonly words: Words;
}

/** Every hyperparameter with its default for this data. Asked for and built when unfolded: each field costs milliseconds. */
export function AdvancedSettings(props: AdvancedSettingsProps) {
  const { model, preset, changes, onChange, disabled, words } = props;
  const { t } = useTranslation('train');
  const engine = useEngine();
  const [open, setOpen] = useState(false);
  const [found, setFound] = useState<readonly SettingField[]>([]);
  useEffect(() => {
    if (!open) return;
    let current = true;
    void engine.settings(model, preset).then((fields) => {
      if (current) setFound(fields);
    });
    return () => {
      current = false;
    };
  }, [open, engine, model, preset]);

  const fields = found.filter(({ head }) => props.heads.includes(head));
  const heads = props.heads.filter((head) => fields.some((field) => field.head === head));
  return (
    <details className={styles.advanced} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary aria-label={props.of && t('advanced.openOf', { model: props.of })}>{t('advanced.open')}</summary>
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
                <p className={styles.fieldsNote}>{t('advanced.posterior', words.params)}</p>
              ) : null}
              {fields
                .filter((field) => field.head === head)
                .map((field) => (
                  <SettingControl
                    key={`${field.key} ${preset}`}
                    field={field}
                    value={changes.settings[field.key] ?? field.value}
                    idle={isIdle(field, fields, changes.settings)}
                    words={words}
                    onChange={(value) =>
                      onChange({ ...changes, settings: withSetting(changes.settings, fields, field, value) })
                    }
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
