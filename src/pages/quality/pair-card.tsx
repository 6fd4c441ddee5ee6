import { NativeSelect } from '@mantine/core';
import type { TFunction } from 'i18next';
import { type CSSProperties, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import type { Head } from '../../models/recommender.ts';
import { Card } from '../../ui/card.tsx';
import type { Comparison } from '../../worker/api/comparing.ts';
import { MODEL_COLORS } from '../model-colors.ts';
import styles from './pair-card.module.css';
import { chosenTwo, comparedLines, type PairSaid, pairSaid, pairsIn, type Two, twoOf } from './pair-view.ts';
import type { Line } from './quality-view.ts';

interface PairCardProps {
  readonly head: Head;
  readonly lines: readonly Line[];
  readonly comparison: Comparison;
  readonly nameOf: (line: Line) => string;
  readonly words: Words;
}

const PALER = 0.4;
/** What a tenth of a percent can still tell from nothing. */
const LEAST_CHANCE = 0.001;

interface Names {
  readonly model: string;
  readonly other: string;
}

/** Any two models on the same customers: by how much one is better, for how many, and whether chance may have done it. */
export function PairCard({ head, lines, comparison, nameOf, words }: PairCardProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const [wanted, setWanted] = useState<Two | null>(null);
  const { result } = comparison;
  const compared = comparedLines(lines, head, result);
  const two = twoOf(compared, wanted);
  const said = two && pairSaid(two[0], two[1], head, result);
  if (!said) return null;
  const [first, second] = two;
  const ids: Two = [first.entrant.id, second.entrant.id];
  const names = { model: nameOf(first), other: nameOf(second) };
  const pairs = pairsIn(head, result);
  const shades = [first, second].map(({ entrant }) => ({ background: MODEL_COLORS[entrant.model] }));
  // Kin have one colour: of two of them the second is paler.
  const paler = shades[0].background === shades[1].background ? { opacity: PALER } : {};
  const [shade, otherShade] = [shades[0], { ...shades[1], ...paler }];
  const picker = (side: 'first' | 'second', line: Line, style: CSSProperties) => (
    <NativeSelect
      size="xs"
      className={styles.picker}
      label={t(`pair.${side}`)}
      leftSection={<span className={styles.dot} style={style} />}
      value={line.entrant.id}
      data={compared.map((one) => ({ value: one.entrant.id, label: nameOf(one) }))}
      onChange={(event) => setWanted(chosenTwo(ids, side, event.currentTarget.value))}
    />
  );
  return (
    <Card title={titleOf(t, said, names)}>
      <div className={styles.two}>
        {picker('first', first, shade)}
        {picker('second', second, otherShade)}
      </div>
      <div className={styles.bar} aria-hidden="true">
        <span style={{ ...shade, flexGrow: said.better }} />
        <span style={{ flexGrow: said.equal }} />
        <span style={{ ...otherShade, flexGrow: said.worse }} />
      </div>
      <p className={styles.said} data-testid="pair-said">
        {sentences(t, format, said, names, words).join(' ')}
      </p>
      <p className={styles.note}>
        {result.across && said.cuts === null
          ? `${t('pair.firstCut', { cuts: format.number(result.across.asked) })} `
          : null}
        {pairs > 1 ? t('pair.many', { n: format.number(pairs) }) : null}
      </p>
    </Card>
  );
}

function titleOf(t: TFunction<'quality'>, { verdict, measure }: PairSaid, { model, other }: Names): string {
  switch (verdict) {
    case 'first':
      return t(`pair.ahead.${measure}`, { model, other });
    case 'second':
      return t(`pair.ahead.${measure}`, { model: other, other: model });
    case 'doubt':
    case 'same':
      return t(`pair.${verdict}`, { model, other });
    default:
      return verdict satisfies never;
  }
}

/** The difference with its interval, whom it helps, and whether chance may have made it. */
function sentences(t: TFunction<'quality'>, format: Format, said: PairSaid, names: Names, words: Words): string[] {
  const { measure, verdict, gain, p, cuts, better, equal, worse } = said;
  if (verdict === 'same') return [t('pair.sameText')];
  /** Percentage points to a tenth, stars to a thousandth. */
  const size = (value: number) =>
    measure === 'recall' ? format.number(100 * Math.abs(value), 1) : format.number(Math.abs(value), 3);
  const nothing = size(0);
  const sideOf = (value: number) => (size(value) === nothing ? 'Level' : value > 0 ? 'More' : 'Less');
  const end = (value: number) => t(`pair.${measure}.end${sideOf(value)}`, { n: size(value) });
  const side = { Level: 'level', More: 'more', Less: 'less' } as const;
  const params = { ...words.params, ...names };
  const chance = p < LEAST_CHANCE ? t('pair.lessThan', { p: format.percent(LEAST_CHANCE, 1) }) : format.percent(p, 1);
  // From the side of what is said: "less" goes from the little to the much.
  const ends = gain.mean < 0 ? [gain.high, gain.low] : [gain.low, gain.high];
  return [
    ...(cuts === null ? [] : [t('pair.overCuts', { cuts: format.number(cuts) })]),
    t(`pair.${measure}.${side[sideOf(gain.mean)]}`, {
      ...params,
      n: size(gain.mean),
      low: end(ends[0]),
      high: end(ends[1]),
    }),
    t(cuts === null ? 'pair.served' : 'pair.servedFirst', {
      ...params,
      better: format.percent(better),
      equal: format.percent(equal),
      worse: format.percent(worse),
    }),
    t(verdict === 'doubt' ? 'pair.maybeChance' : 'pair.hardlyChance', { p: chance }),
  ];
}
