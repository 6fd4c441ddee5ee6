import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Words } from '../../i18n/words.ts';
import { Card } from '../../ui/card.tsx';
import { Tradeoff } from '../../viz/tradeoff.tsx';
import { MODEL_COLORS } from '../model-colors.ts';
import type { Line } from './quality-view.ts';

/** From here on one model shows more of the catalogue than another, and not just happens to. */
const CLEARLY_MORE = 1.15;

/** Who finds the most and who shows the most, where that is not the same. */
function tradeoffTitle(
  t: TFunction<'quality'>,
  lines: readonly Line[],
  nameOf: (line: Line) => string,
  words: Words,
): string {
  const shown = (line: Line | undefined) => line?.result?.lists?.exposure.coverage.mean ?? 0;
  const [most] = lines;
  const [widest] = lines.toSorted((a, b) => shown(b) - shown(a));
  if (shown(widest) < CLEARLY_MORE * shown(most)) return t('tradeoff.title');
  return t('tradeoff.titleBoth', { ...words.params, model: nameOf(most), other: nameOf(widest) });
}

interface TradeoffCardProps {
  /** With lists, who finds the most first. */
  readonly lines: readonly Line[];
  readonly nameOf: (line: Line) => string;
  readonly words: Words;
}

/** Who finds more of what people chose next, and who shows more of the catalogue. */
export function TradeoffCard({ lines, nameOf, words }: TradeoffCardProps) {
  const { t } = useTranslation('quality');
  return (
    <Card>
      <Tradeoff
        title={tradeoffTitle(t, lines, nameOf, words)}
        pointName={t('board.model')}
        xName={t('tradeoff.x', words.params)}
        yName={t('tradeoff.y')}
        height={330}
        points={lines.map((line) => ({
          id: line.entrant.id,
          label: nameOf(line),
          x: line.result?.lists?.exposure.coverage.mean ?? 0,
          y: line.result?.lists?.metrics.recall.mean ?? 0,
          color: MODEL_COLORS[line.entrant.model],
        }))}
      />
    </Card>
  );
}
