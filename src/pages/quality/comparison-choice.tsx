import { ActionIcon, Button, NativeSelect } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { removeComparison, showComparison, useQuality } from '../../store/quality.ts';
import styles from './comparison-choice.module.css';
import { type KeptLine, keptLines } from './kept-view.ts';

/** "Nov 23, 14:05 · 10 models · 10% of what everyone did" */
function useKeptName(): (line: KeptLine) => string {
  const { t } = useTranslation('quality');
  const format = useFormat();
  return ({ madeAt, toTheSecond, models, file, part, share, cuts }) => {
    const held =
      file === null ? t(`setup.protocols.${part}`, { share: format.percent(share) }) : t('kept.file', { file });
    return t('kept.entry', {
      when: format.moment(madeAt, toTheSecond ? 'second' : 'minute'),
      models: t('kept.models', { count: models, n: format.number(models) }),
      part: cuts > 1 ? t('kept.cuts', { part: held, n: format.number(cuts) }) : held,
    });
  };
}

/** Which of the comparisons that are kept is shown, where there are several, and the end of one. */
export function ComparisonChoice({ hasTime }: { readonly hasTime: boolean }) {
  const { t } = useTranslation('quality');
  const nameOf = useKeptName();
  const comparisons = useQuality((state) => state.comparisons);
  const shown = useQuality((state) => state.comparison?.madeAt ?? null);
  const [select, really] = [useId(), useId()];
  const lines = useMemo(() => keptLines(comparisons, hasTime), [comparisons, hasTime]);
  /** The one somebody is asked about: it may have taken an hour. */
  const [asking, setAsking] = useState<number | null>(null);
  if (lines.length < 2 || shown === null) return null;
  return (
    <div className={styles.choice}>
      <label className={styles.label} htmlFor={select}>
        {t('kept.label')}
      </label>
      <NativeSelect
        id={select}
        className={styles.select}
        size="xs"
        value={String(shown)}
        data={lines.map((line) => ({ value: String(line.madeAt), label: nameOf(line) }))}
        onChange={(event) => {
          setAsking(null);
          showComparison(Number(event.currentTarget.value));
        }}
      />
      {asking === shown ? (
        <fieldset className={styles.asking} aria-labelledby={really}>
          <span id={really}>{t('kept.really')}</span>
          <Button
            variant="default"
            size="compact-sm"
            autoFocus
            onClick={() => {
              setAsking(null);
              void removeComparison(shown);
            }}
          >
            {t('kept.yes')}
          </Button>
          <Button variant="subtle" size="compact-sm" onClick={() => setAsking(null)}>
            {t('kept.no')}
          </Button>
        </fieldset>
      ) : (
        <ActionIcon
          variant="subtle"
          size={30}
          aria-label={t('kept.remove')}
          title={t('kept.remove')}
          onClick={() => setAsking(shown)}
        >
          <IconTrash size={16} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      )}
    </div>
  );
}
