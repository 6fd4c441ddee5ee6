import '@mantine/core/styles/Pill.layer.css';
import '@mantine/core/styles/PillsInput.layer.css';
import { ActionIcon, Button, FileButton, MultiSelect, Textarea } from '@mantine/core';
import { IconChevronDown, IconX } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AppError, toAppError } from '../../base/error.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { hasRules, type ShopRules } from '../../models/rerank-settings.ts';
import { useEngine } from '../../store/engine.ts';
import { setReshape, useReshape } from '../../store/reshape.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import type { FoundProducts, ProductCategory } from '../../worker/api/catalogue.ts';
import styles from './reshape.module.css';
import { idsIn, withoutRow, withRow } from './reshape-view.ts';
import { SearchBox } from './search-box.tsx';

interface ReshapeRulesProps {
  readonly words: Words;
  readonly categories: readonly ProductCategory[];
}

/** What lists must hold and must not, behind a fold. */
export function ReshapeRules({ words, categories }: ReshapeRulesProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const settings = useReshape((state) => state.settings);
  const { rules } = settings;
  const [open, setOpen] = useState(false);
  const change = (part: Partial<ShopRules>) => setReshape({ ...settings, rules: { ...rules, ...part } });
  const count = rules.always.length + rules.never.length + rules.neverCategories.length + (rules.only ? 1 : 0);
  return (
    <div className={styles.rules}>
      <button type="button" className={styles.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span>{t('reshape.rules.title')}</span>
        {hasRules(rules) ? <span className={styles.count}>{format.number(count)}</span> : null}
        <IconChevronDown size={16} stroke={1.5} className={styles.chevron} />
      </button>
      {open ? (
        <>
          <ProductRule
            label={t('reshape.rules.always')}
            hint={t('reshape.rules.alwaysHint', words.params)}
            rows={rules.always}
            words={words}
            onChange={(always) => change({ always, never: rules.never.filter((row) => !always.includes(row)) })}
          />
          <ProductRule
            label={t('reshape.rules.never')}
            rows={rules.never}
            words={words}
            onChange={(never) => change({ never, always: rules.always.filter((row) => !never.includes(row)) })}
          />
          {categories.length > 0 ? (
            <MultiSelect
              size="xs"
              label={t('reshape.rules.categories')}
              placeholder={rules.neverCategories.length > 0 ? undefined : t('reshape.rules.categoriesSearch')}
              data={categories.map(({ code, name }) => ({ value: String(code), label: name }))}
              value={rules.neverCategories.map(String)}
              searchable
              clearable
              limit={60}
              maxDropdownHeight={240}
              classNames={{ inputField: styles.field }}
              nothingFoundMessage={t('reshape.rules.noCategory')}
              clearButtonProps={{ 'aria-label': t('reshape.rules.clear') }}
              onChange={(codes) => change({ neverCategories: codes.map(Number).sort((a, b) => a - b) })}
            />
          ) : null}
          <StockRule only={rules.only} words={words} onChange={(only) => change({ only })} />
        </>
      ) : null}
    </div>
  );
}

interface ProductRuleProps {
  readonly label: string;
  readonly hint?: string;
  readonly rows: readonly number[];
  readonly words: Words;
  readonly onChange: (rows: number[]) => void;
}

/** Products found by name or id, each of which can be taken out again. */
function ProductRule({ label, hint, rows, words, onChange }: ProductRuleProps) {
  const { t } = useTranslation('customers');
  const engine = useEngine();
  const cards = useAnswer(rows.length > 0 ? rows.join() : null, () => engine.productCards(rows));
  const shown = cards.value?.filter(({ product }) => rows.includes(product)) ?? [];
  return (
    <fieldset className={styles.rule}>
      <legend className={styles.ruleName}>{label}</legend>
      {hint ? <p className={styles.text}>{hint}</p> : null}
      <SearchBox
        placeholder={t('whatIf.search', words.params)}
        nothing={(query) => t('whatIf.nothing', { query })}
        search={(query) => engine.searchProducts(query, 12)}
        keyOf={(product) => String(product.product)}
        render={(product) => (
          <span className={styles.option}>
            <span>{product.title}</span>
            <span>{product.detail}</span>
          </span>
        )}
        onPick={(product) => onChange(withRow(rows, product.product))}
      />
      {shown.length > 0 ? (
        <ul className={styles.chosen}>
          {shown.map(({ product, title }) => (
            <li key={product}>
              <span title={title}>{title}</span>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={t('reshape.rules.remove', { title })}
                onClick={() => onChange(withoutRow(rows, product))}
              >
                <IconX size={14} stroke={1.5} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      ) : null}
    </fieldset>
  );
}

interface StockRuleProps {
  readonly only: readonly number[] | null;
  readonly words: Words;
  readonly onChange: (only: readonly number[] | null) => void;
}

/** Only these: ids pasted or from a file, with what was recognised of them. */
function StockRule({ only, words, onChange }: StockRuleProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const engine = useEngine();
  const [text, setText] = useState('');
  const [found, setFound] = useState<FoundProducts | null>(null);
  const again = useRef<() => void>(null);
  const [error, setError] = useState<AppError | null>(null);
  const take = async (given: string) => {
    setError(null);
    try {
      const answer = await engine.findProducts(idsIn(given));
      setFound(answer);
      if (answer.products.length === 0) return;
      setText('');
      onChange(answer.products);
    } catch (thrown) {
      setError(toAppError(thrown));
    }
  };
  const clear = () => {
    setFound(null);
    onChange(null);
  };
  return (
    <fieldset className={styles.rule}>
      <legend className={styles.ruleName}>{t('reshape.rules.stock')}</legend>
      {only ? (
        <ul className={styles.chosen}>
          <li>
            <span>{t('reshape.rules.stockSet', { things: words.countThings(only.length) })}</span>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('reshape.rules.stockClear')}
              onClick={clear}
            >
              <IconX size={14} stroke={1.5} />
            </ActionIcon>
          </li>
        </ul>
      ) : (
        <>
          <Textarea
            size="xs"
            rows={2}
            aria-label={t('reshape.rules.stockIds')}
            placeholder={t('reshape.rules.stockIds')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <div className={styles.actions}>
            <Button size="compact-xs" variant="default" disabled={text.trim() === ''} onClick={() => void take(text)}>
              {t('reshape.rules.stockUse')}
            </Button>
            <FileButton
              accept=".csv,.txt,.tsv,text/plain,text/csv"
              resetRef={again}
              onChange={(file) => {
                if (!file) return;
                // The same file may be picked again. One that cannot be read names nothing.
                again.current?.();
                void file.text().then(take, () => take(''));
              }}
            >
              {(props) => (
                <Button {...props} size="compact-xs" variant="subtle">
                  {t('reshape.rules.stockFile')}
                </Button>
              )}
            </FileButton>
          </div>
        </>
      )}
      {found ? (
        <p className={styles.text} role="status">
          {found.unknown === 0
            ? t('reshape.rules.allFound', { n: format.number(found.products.length) })
            : t(found.products.length === 0 ? 'reshape.rules.noneFound' : 'reshape.rules.someFound', {
                n: format.number(found.products.length),
                all: format.number(found.products.length + found.unknown),
                named: `${format.list(found.named)}${found.unknown > found.named.length ? ' …' : ''}`,
              })}
        </p>
      ) : null}
      {error ? <ErrorNotice error={error} onDismiss={() => setError(null)} /> : null}
    </fieldset>
  );
}
