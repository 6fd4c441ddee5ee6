import { Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import type { HeatmapRequest, Side, SimilarityMeasure } from '../../insight/heatmap-types.ts';
import { measuresFor } from '../../insight/measures.ts';
import { Segmented } from '../../ui/segmented.tsx';
import type { DatasetSummary } from '../../worker/api/data.ts';
import styles from './map.module.css';
import { SIZES } from './map-address.ts';

interface ControlsProps {
  readonly summary: DatasetSummary;
  readonly words: Words;
  readonly request: HeatmapRequest;
  readonly onChange: (change: Partial<HeatmapRequest>) => void;
}

/** Whose similarity, by what measure, of how many. */
export function MapControls({
  summary,
  words,
  request,
  onChange,
  trained,
  reasonId,
}: ControlsProps & {
  readonly trained: boolean;
  /** Where it stands why the model's space is not to be had; null where it is. */
  readonly reasonId: string | null;
}) {
  const { t } = useTranslation('map');
  const format = useFormat();
  const rows = request.side === 'products' ? summary.products : summary.customers;
  return (
    <>
      <Segmented<Side>
        label={t('side.label')}
        value={request.side}
        options={[
          { value: 'products', label: words.params.Things },
          { value: 'customers', label: words.params.People },
        ]}
        onChange={(side) => onChange({ side })}
      />
      <Segmented<SimilarityMeasure>
        label={t('measure.label')}
        value={request.measure}
        options={measuresFor(summary).map((measure) => ({
          value: measure,
          label: t(`measure.${measure}`),
          disabled: measure === 'model' && !trained,
        }))}
        onChange={(measure) => onChange({ measure })}
        describedBy={reasonId ?? undefined}
      />
      <Segmented
        label={t('size.label')}
        value={String(request.size)}
        options={SIZES.map((size, at) => ({
          value: String(size),
          label: format.number(size),
          // The size below shows everything already.
          disabled: at > 0 && SIZES[at - 1] >= rows,
        }))}
        onChange={(size) => onChange({ size: Number(size) })}
      />
    </>
  );
}

/** Typing pauses this long before the search is made. */
const TYPING_PAUSE_MS = 450;

/** Which rows: the most active, those of a category, or those whose name contains something. */
export function MapChoice({ summary, words, request, onChange }: ControlsProps) {
  const { t } = useTranslation('map');
  const { choose } = request;
  const [by, setBy] = useState<HeatmapRequest['choose']['by']>(choose.by);
  const [query, setQuery] = useState(choose.by === 'search' ? choose.query : '');
  const asked = JSON.stringify(choose);
  const known = choose.by === 'search' ? choose.query : null;

  // Another choice than the one made here: the person went back.
  useEffect(() => {
    setBy(choose.by);
    if (choose.by === 'search') setQuery((typed) => (typed.trim() === choose.query ? typed : choose.query));
  }, [asked]);

  useEffect(() => {
    const wanted = query.trim();
    // What the address asks for already is not asked again: that would bring back whoever is on the way to another step.
    if (by !== 'search' || wanted === '' || wanted === known) return;
    const timer = setTimeout(() => onChange({ choose: { by: 'search', query: wanted } }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [by, query, known, onChange]);

  const options = [
    { value: 'popularity' as const, label: t('choose.popularity') },
    ...(summary.categories.length > 0 ? [{ value: 'category' as const, label: t('choose.category') }] : []),
    { value: 'search' as const, label: t('choose.search') },
  ];
  return (
    <div className={styles.choice}>
      <Segmented
        label={t('choose.label')}
        value={by}
        options={options}
        onChange={(next) => {
          setBy(next);
          if (next === 'popularity') onChange({ choose: { by: 'popularity' } });
        }}
      />
      {by === 'category' ? (
        <Select
          className={styles.field}
          aria-label={t('choose.category')}
          placeholder={t('choose.categoryPlaceholder')}
          data={[...summary.categories]}
          value={choose.by === 'category' ? choose.category : null}
          onChange={(category) => {
            if (category !== null) onChange({ choose: { by: 'category', category } });
          }}
          searchable
          limit={200}
          nothingFoundMessage={t('choose.nothing')}
        />
      ) : null}
      {by === 'search' ? (
        <TextInput
          className={styles.field}
          type="search"
          aria-label={t('choose.search')}
          placeholder={t(`choose.placeholder.${request.side}`, words.params)}
          leftSection={<IconSearch size={16} stroke={1.5} aria-hidden="true" />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
      ) : null}
    </div>
  );
}
