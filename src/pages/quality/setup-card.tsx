import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { memo, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { SplitKind } from '../../data/split.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { chooseTestFile, type Setup, useQualitySetup } from '../../store/quality-setup.ts';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { EntrantRequest } from '../../worker/api/comparing.ts';
import { FilePicker } from '../start/file-picker.tsx';
import styles from './quality.module.css';
import { takesPartAlways } from './quality-view.ts';
import { canRepeat, choosesShare, LENGTHS, lengthOf, partName, shareHeld } from './setup-view.ts';

const SPLITS = [
  'per-customer',
  'leave-one-out',
  'time',
  'time-per-customer',
  'random',
] as const satisfies readonly SplitKind[];
const NEEDS_TIME: readonly SplitKind[] = ['time', 'time-per-customer'];
const USUAL_LENGTHS = ['5', '10', '20'] as const;
const SHARES = ['5', '10', '20', '30'] as const;
const REPEATS = ['1', '5', '10'] as const;
interface SetupCardProps {
  readonly setup: Setup;
  /** Of those that could. */
  readonly chosen: readonly EntrantRequest[];
  readonly onChange: (setup: Setup) => void;
  /** All that could take part on this data. */
  readonly entrants: readonly EntrantRequest[];
  readonly nameOf: (entrant: EntrantRequest) => string;
  readonly words: Words;
  readonly hasTime: boolean;
  /** In the catalogue. */
  readonly products: number;
  readonly disabled: boolean;
}

/** Who takes part, what is held back, how often, and how long a list is. Not drawn anew for every row that comes in. */
export const SetupCard = memo(function SetupCard({
  setup,
  chosen,
  onChange,
  entrants,
  nameOf,
  words,
  hasTime,
  products,
  disabled,
}: SetupCardProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const testFile = useQualitySetup((state) => state.testFile);
  const reading = useQualitySetup((state) => state.reading);
  const length = lengthOf(setup);
  const wrong = useId();
  const ids = new Set(chosen.map(({ id }) => id));
  const tick = (id: string) => {
    const changed = new Set(ids);
    if (!changed.delete(id)) changed.add(id);
    onChange({ ...setup, chosen: changed });
  };
  const splits = SPLITS.filter((split) => hasTime || !NEEDS_TIME.includes(split));
  return (
    <Card title={t('setup.title')} smallTitle>
      <fieldset className={styles.fields} disabled={disabled}>
        <NativeSelect
          size="xs"
          label={t('setup.protocol')}
          value={setup.held}
          data={[
            ...splits.map((value) => ({
              value,
              label: t(`setup.protocols.${partName(value, hasTime)}`, {
                share: format.percent(shareHeld({ ...setup, held: value })),
              }),
            })),
            ...(testFile ? [{ value: 'file', label: testFile.name }] : []),
          ]}
          inputWrapperOrder={['label', 'input', 'description']}
          description={hasTime ? undefined : t('setup.noTime')}
          onChange={(event) => onChange({ ...setup, held: event.currentTarget.value as Setup['held'] })}
        />
        <FilePicker
          label={t('setup.ownFile')}
          onFiles={(files) => {
            if (files.length === 0) return;
            void chooseTestFile(files.map(({ file, path }) => ({ kind: 'file', file, path })));
          }}
        >
          {(open) => (
            <Button
              variant="subtle"
              size="compact-xs"
              className={styles.ownFile}
              leftSection={<IconFileUpload size={14} stroke={1.5} />}
              loading={reading}
              onClick={open}
            >
              {t('setup.ownFile')}
            </Button>
          )}
        </FilePicker>
        {testFile && setup.held === 'file' ? (
          <p className={styles.fileNote}>
            {t('setup.fileNote', {
              pairs: words.countActions(testFile.pairs),
              people: words.countPeople(testFile.customers),
            })}{' '}
            {testFile.inData > 0 ? t('setup.fileInData', { pairs: words.countActions(testFile.inData) }) : null}{' '}
            {testFile.unknown > 0
              ? t('setup.fileUnknown', { ...words.params, pairs: words.countActions(testFile.unknown) })
              : null}
          </p>
        ) : null}
        {choosesShare(setup) ? (
          <div className={styles.stacked}>
            <span className={styles.fieldLabel}>{t('setup.share')}</span>
            <Segmented
              label={t('setup.share')}
              compact
              value={setup.share}
              options={SHARES.map((value) => ({ value, label: format.percent(Number(value) / 100) }))}
              onChange={(share) => onChange({ ...setup, share })}
              disabled={disabled}
            />
            <span className={styles.hint}>{t('setup.shareHint')}</span>
          </div>
        ) : null}
        <div className={styles.stacked}>
          <span className={styles.fieldLabel}>{t('setup.length')}</span>
          <div className={styles.length}>
            <Segmented
              label={t('setup.length')}
              compact
              value={setup.length}
              options={[
                ...USUAL_LENGTHS.map((value) => ({ value, label: format.number(Number(value)) })),
                { value: 'other', label: t('setup.otherLength') },
              ]}
              // What one comes from is what one begins to change.
              onChange={(value) =>
                onChange({
                  ...setup,
                  length: value,
                  typedLength: setup.typedLength || (value === 'other' ? setup.length : ''),
                })
              }
              disabled={disabled}
            />
            {setup.length === 'other' ? (
              <TextInput
                size="xs"
                aria-label={t('setup.ownLength')}
                aria-describedby={length === null ? wrong : undefined}
                inputMode="numeric"
                value={setup.typedLength}
                error={length === null}
                onChange={(event) => onChange({ ...setup, typedLength: event.currentTarget.value })}
              />
            ) : null}
          </div>
          {length === null ? (
            <span id={wrong} className={styles.wrong}>
              {t('setup.lengthRange', { least: format.number(LENGTHS.least), most: format.number(LENGTHS.most) })}
            </span>
          ) : null}
          {length !== null && length > products ? (
            <span className={styles.hint}>{t('setup.lengthWhole', { all: words.countThings(products) })}</span>
          ) : null}
        </div>
        {canRepeat(setup) ? (
          <div className={styles.stacked}>
            <span className={styles.fieldLabel} title={t('setup.repeatsHint')}>
              {t('setup.repeats')}
            </span>
            <Segmented
              label={t('setup.repeats')}
              compact
              value={setup.repeats}
              options={REPEATS.map((value) => ({
                value,
                label: t('setup.times', { n: format.number(Number(value)) }),
              }))}
              onChange={(repeats) => onChange({ ...setup, repeats })}
              disabled={disabled}
            />
          </div>
        ) : null}
        <Checkbox
          size="xs"
          checked={setup.sampled}
          onChange={(event) => onChange({ ...setup, sampled: event.currentTarget.checked })}
          label={t('setup.papers')}
        />
        <fieldset className={styles.who}>
          <legend className={styles.fieldLabel}>{t('setup.who')}</legend>
          {entrants.map((entrant) => {
            const always = takesPartAlways(entrant);
            const why = always ? t('setup.always') : undefined;
            return (
              <Checkbox
                key={entrant.id}
                size="xs"
                value={entrant.id}
                checked={ids.has(entrant.id)}
                disabled={always}
                title={why}
                wrapperProps={{ title: why }}
                onChange={() => tick(entrant.id)}
                label={nameOf(entrant)}
              />
            );
          })}
        </fieldset>
      </fieldset>
    </Card>
  );
});
