import { CloseButton } from '@mantine/core';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { AppError } from '../../base/error.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { useEngine } from '../../store/engine.ts';
import { type Params, routeHash } from '../../store/route.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import type { TopCustomers } from '../../worker/api/lists.ts';
import type { RunSummary } from '../../worker/api/training.ts';
import styles from './customers.module.css';
import { isNameless } from './product-name.ts';
import { SearchBox } from './search-box.tsx';
import wanted from './wanted.module.css';

const SHOWN = 10;

interface WantedCardProps {
  /** Its id in the data; '' where none is picked yet. */
  readonly product: string;
  readonly run: RunSummary;
  /** Of the data. */
  readonly data: string;
  readonly words: Words;
  readonly onPick: (product: string) => void;
  readonly onClose: () => void;
  /** A customer was gone to. */
  readonly onOpen: (customer: string) => void;
}

/** Whom a campaign for one product should reach: the customers likeliest to want it, each a way to their page. */
export function WantedCard({ product, run, data, words, onPick, onClose, onOpen }: WantedCardProps) {
  const { t } = useTranslation('customers');
  const { t: common } = useTranslation('common');
  const engine = useEngine();
  const key = product === '' ? null : JSON.stringify([data, run.id, product]);
  const [progress, setProgress] = useState<{ readonly of: string | null; readonly share: number } | null>(null);
  const { value, asking, error } = useAnswer(key, async (signal) => {
    const { products } = await engine.findProducts([product]);
    if (products.length === 0) throw new AppError('unknownProduct', { id: product });
    const request = { product: products[0], count: SHOWN, run: run.id };
    const tell = ({ done, total }: { readonly done: number; readonly total: number | null }) =>
      setProgress({ of: key, share: total ? done / total : 0 });
    return engine.topCustomers(request, tell, signal);
  });
  // The people of the one before are not shown under the name of this one.
  const found = asking ? null : value;
  const waiting = key !== null && found === null && error === null;
  return (
    <Card
      title={
        found ? (
          <Trans
            t={t}
            i18nKey={isNameless(found.product) ? 'wanted.titleById' : 'wanted.title'}
            values={{ ...words.params, title: found.product.title }}
            components={{ em: <em className={wanted.em} /> }}
          />
        ) : (
          t('wanted.open', words.params)
        )
      }
      aside={
        <div className={wanted.aside}>
          <div className={wanted.find}>
            <SearchBox
              placeholder={t('whatIf.search', words.params)}
              nothing={(query) => t('whatIf.nothing', { query })}
              search={(query) => engine.searchProducts(query, 12)}
              keyOf={(row) => String(row.product)}
              render={(row) => (
                <span className={styles.option}>
                  <span>{row.title}</span>
                  <span className={styles.small}>{row.detail}</span>
                </span>
              )}
              onPick={(row) => onPick(row.id)}
              autoFocus={product === ''}
            />
          </div>
          <CloseButton aria-label={common('actions.close')} onClick={onClose} />
        </div>
      }
    >
      {error ? <ErrorNotice error={error} /> : null}
      {key === null ? <p className={wanted.text}>{t('wanted.pick', words.params)}</p> : null}
      {waiting ? (
        <div className={wanted.waiting}>
          <span role="status">{t('wanted.asking', words.params)}</span>
          <ProgressBar
            key={key}
            label={t('wanted.asking', words.params)}
            share={progress?.of === key ? progress.share : null}
          />
        </div>
      ) : null}
      {found ? <People found={found} product={product} run={run} words={words} onOpen={onOpen} /> : null}
    </Card>
  );
}

interface PeopleProps extends Pick<WantedCardProps, 'product' | 'run' | 'words' | 'onOpen'> {
  readonly found: TopCustomers;
}

function People({ found, product, run, words, onOpen }: PeopleProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const params: Params = { product };
  if (found.nobody) return <p className={wanted.text}>{t(`wanted.nobody.${found.nobody}`, words.params)}</p>;
  return (
    <>
      <p className={wanted.text}>
        {t('wanted.how', { ...words.params, counted: words.countPeople(found.among) })}
        {found.model === run.request.model ? '' : ` ${t('whatIf.onFactors', words.params)}`}
      </p>
      <ol className={wanted.people} data-testid="wanted">
        {found.customers.map(({ customer, place }) => (
          <li key={customer.customer}>
            <a
              className={wanted.person}
              href={routeHash('customers', customer.id, params)}
              onClick={() => onOpen(customer.id)}
            >
              {words.params.Person} {customer.label}
            </a>
            {place === null ? null : (
              <span
                className={styles.small}
                title={t('wanted.placeHint', { ...words.params, place: format.number(place) })}
              >
                {t('wanted.place', { place: format.number(place) })}
              </span>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
