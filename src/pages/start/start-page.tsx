import { Button } from '@mantine/core';
import { IconArrowBarToDown, IconBooks, IconBuildingStore } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { SampleName } from '../../worker/api/data.ts';
import type { DroppedFile } from './dropped-files.ts';
import { FilePicker } from './file-picker.tsx';
import { PasteDialog } from './paste-dialog.tsx';
import { SAMPLES } from './samples.ts';
import styles from './start.module.css';

interface StartPageProps {
  readonly onFiles: (files: readonly DroppedFile[]) => void;
  readonly onText: (text: string) => void;
  readonly onSample: (sample: SampleName) => void;
}

const PICTURES: Record<SampleName, { readonly Icon: typeof IconBooks; readonly coral: boolean }> = {
  'gift-shop': { Icon: IconBuildingStore, coral: true },
  books: { Icon: IconBooks, coral: false },
};

/** The first minute: what this does, one place to drop, two samples. */
export function StartPage({ onFiles, onText, onSample }: StartPageProps) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const [pasting, setPasting] = useState(false);
  return (
    <div className={styles.start}>
      <h1 className={styles.headline}>{t('start.headline')}</h1>
      <p className={styles.lead}>{t('start.lead')}</p>
      <div className={styles.drop}>
        <IconArrowBarToDown className={styles.arrow} size={30} stroke={1.5} aria-hidden="true" />
        <h2 className={styles.dropTitle}>{t('start.drop')}</h2>
        <p className={styles.formats}>{t('start.formats')}</p>
        <div className={styles.buttons}>
          <FilePicker label={t('start.choose')} onFiles={onFiles}>
            {(open) => <Button onClick={open}>{t('start.choose')}</Button>}
          </FilePicker>
          <Button variant="subtle" onClick={() => setPasting(true)}>
            {t('start.paste')}
          </Button>
        </div>
      </div>
      <p className={styles.or}>{t('start.or')}</p>
      <div className={styles.samples}>
        {SAMPLES.map(({ name, rows, customers, licence }) => {
          const { Icon, coral } = PICTURES[name];
          return (
            <button key={name} type="button" className={styles.sample} onClick={() => onSample(name)}>
              <Icon
                className={coral ? `${styles.picture} ${styles.coral}` : styles.picture}
                size={44}
                stroke={1.2}
                aria-hidden="true"
              />
              <span>
                <span className={styles.sampleTitle}>{t(`start.samples.${name}.title`)}</span>
                <span className={styles.sampleText}>
                  {t(`start.samples.${name}.text`, {
                    rows: format.number(rows),
                    customers: format.number(customers),
                    licence,
                  })}
                </span>
              </span>
            </button>
          );
        })}
      </div>
      <PasteDialog opened={pasting} onClose={() => setPasting(false)} onText={onText} />
    </div>
  );
}
