import { Button, Modal, NumberInput, Stack } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AppError, isAbort, toAppError } from '../../base/error.ts';
import type { Progress } from '../../base/progress.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { isNeutral } from '../../models/rerank-settings.ts';
import { engine } from '../../store/engine.ts';
import { useReshape } from '../../store/reshape.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ProgressPanel } from '../../ui/progress-panel.tsx';
import type { DatasetSummary } from '../../worker/api/data.ts';
import { saveBlob } from '../save-blob.ts';

const USUAL_COUNT = 10;
const MOST = 200;

interface ExportDialogProps {
  readonly summary: DatasetSummary;
  readonly words: Words;
  /** Which run makes the lists. */
  readonly run: string | null;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Top N for every customer as CSV, with progress and cancel. */
export function ExportDialog({ summary, words, run, opened, onClose }: ExportDialogProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const rerank = useReshape((state) => state.settings);
  const reshaped = !isNeutral(rerank);
  const [count, setCount] = useState(USUAL_COUNT);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const abort = useRef<AbortController | null>(null);

  const save = async () => {
    const mine = new AbortController();
    abort.current = mine;
    setError(null);
    setProgress({ step: 'exporting', done: 0, total: summary.customers, unit: 'customers' });
    try {
      const blob = await engine().exportLists(
        { count, run, ...(reshaped ? { rerank } : {}) },
        setProgress,
        mine.signal,
      );
      saveBlob(blob, 'tastemaker-next.csv');
      onClose();
    } catch (thrown) {
      const failed = toAppError(thrown);
      if (!isAbort(failed)) setError(failed);
    } finally {
      setProgress(null);
    }
  };
  const close = () => {
    abort.current?.abort();
    onClose();
  };

  return (
    <Modal opened={opened} onClose={close} title={t('export.title', words.params)}>
      <Stack gap="md">
        <p>
          {t('export.text')}
          {reshaped ? ` ${t('export.reshaped')}` : ''}
        </p>
        <NumberInput
          label={t('export.count')}
          min={1}
          max={MOST}
          allowDecimal={false}
          value={count}
          disabled={progress !== null}
          description={t('export.rows', {
            people: words.countPeople(summary.customers),
            rows: format.number(summary.customers * count),
          })}
          onChange={(value) => typeof value === 'number' && value >= 1 && setCount(Math.min(MOST, value))}
        />
        {error ? <ErrorNotice error={error} onDismiss={() => setError(null)} /> : null}
        {progress ? (
          <ProgressPanel progress={progress} onCancel={() => abort.current?.abort()} />
        ) : (
          <Button onClick={() => void save()}>{t('export.save')}</Button>
        )}
      </Stack>
    </Modal>
  );
}
