import { Checkbox, NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SplitKind } from '../../data/split.ts';
import { useFormat } from '../../i18n/format.ts';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { EntrantRequest } from '../../worker/api.ts';
import styles from './quality.module.css';

export const SPLITS = ['per-customer', 'leave-one-out', 'time', 'random'] as const satisfies readonly SplitKind[];
export const LENGTHS = ['5', '10', '20'] as const;

export interface Setup {
  /** Ids of those who take part. */
  readonly chosen: ReadonlySet<string>;
  readonly split: SplitKind;
  readonly length: (typeof LENGTHS)[number];
}

interface SetupCardProps {
  readonly setup: Setup;
  readonly onChange: (setup: Setup) => void;
  /** All that could take part on this data. */
  readonly entrants: readonly EntrantRequest[];
  readonly nameOf: (entrant: EntrantRequest) => string;
  readonly hasTime: boolean;
  readonly disabled: boolean;
}

/** Who takes part, what is held back, and how long a list is. */
export function SetupCard({ setup, onChange, entrants, nameOf, hasTime, disabled }: SetupCardProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const tick = (id: string) => {
    const chosen = new Set(setup.chosen);
    if (!chosen.delete(id)) chosen.add(id);
    onChange({ ...setup, chosen });
  };
  return (
    <Card title={t('setup.title')} smallTitle>
      <fieldset className={styles.fields} disabled={disabled}>
        <NativeSelect
          size="xs"
          label={t('setup.protocol')}
          value={setup.split}
          data={SPLITS.filter((split) => hasTime || split !== 'time').map((value) => ({
            value,
            label: t(`setup.protocols.${value}`),
          }))}
          inputWrapperOrder={['label', 'input', 'description']}
          description={hasTime ? undefined : t('setup.noTime')}
          onChange={(event) => onChange({ ...setup, split: event.currentTarget.value as SplitKind })}
        />
        <div className={styles.field}>
          <span className={styles.fieldLabel}>{t('setup.length')}</span>
          <Segmented
            label={t('setup.length')}
            compact
            value={setup.length}
            options={LENGTHS.map((value) => ({ value, label: format.number(Number(value)) }))}
            onChange={(length) => onChange({ ...setup, length })}
            disabled={disabled}
          />
        </div>
        <fieldset className={styles.who}>
          <legend className={styles.fieldLabel}>{t('setup.who')}</legend>
          {entrants.map((entrant) => (
            <Checkbox
              key={entrant.id}
              size="xs"
              checked={setup.chosen.has(entrant.id)}
              onChange={() => tick(entrant.id)}
              label={nameOf(entrant)}
            />
          ))}
        </fieldset>
      </fieldset>
    </Card>
  );
}
