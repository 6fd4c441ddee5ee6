import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { Card } from '../../ui/card.tsx';
import { Later } from '../../ui/later.tsx';
import { Histogram } from '../../viz/histogram.tsx';
import { LongTail } from '../../viz/long-tail.tsx';
import { OverTime } from '../../viz/over-time.tsx';
import type { DatasetSummary } from '../../worker/api/data.ts';

/** "1", "2", "3–4", "5–8", "9+": bins of whole numbers from their lower edges. */
export function countBins(format: Format, edges: readonly number[]): string[] {
  return edges.map((edge, i) => {
    const next = edges[i + 1];
    if (next === undefined) return edge <= 2 ? format.number(edge) : `${format.number(edge)}+`;
    return next - edge === 1 ? format.number(edge) : `${format.number(edge)}–${format.number(next - 1)}`;
  });
}

/** About what a chart with its title takes, px. */
const CHART_HEIGHT = 240;

/** The bar the title speaks of. */
function tallest({ counts }: DatasetSummary['ratingHistogram']): { readonly at: number; readonly share: number } {
  const at = counts.indexOf(Math.max(...counts));
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { at, share: total > 0 ? counts[at] / total : 0 };
}

function Ratings({ summary, words }: { readonly summary: DatasetSummary; readonly words: Words }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const { ratingHistogram: histogram, feedback } = summary;
  const explicit = feedback === 'explicit';
  const labels = explicit ? histogram.edges.map((edge) => format.number(edge)) : countBins(format, histogram.edges);
  const { at, share } = tallest(histogram);
  const said = { ...words.params, value: labels[at], share: format.percent(share) };
  const title = explicit
    ? t('ratingHistogram.explicit', said)
    : histogram.edges[at] === 1
      ? t('ratingHistogram.implicit', said)
      : t('ratingHistogram.implicitOften', said);
  return (
    <Histogram
      title={title}
      bars={histogram.counts.map((count, i) => ({ label: labels[i], count }))}
      xName={explicit ? t('ratingHistogram.axisRating') : t('ratingHistogram.axisStrength', words.params)}
      yName={explicit ? t('ratingHistogram.axisCount') : t('ratingHistogram.axisPairs', words.params)}
    />
  );
}

/** The portrait in pictures: ratings, long tail, activity over time. */
export function PortraitCharts({ summary, words }: { readonly summary: DatasetSummary; readonly words: Words }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const { longTail, overTime, topTenthShare } = summary;
  const busiest = overTime ? overTime.counts.indexOf(Math.max(...overTime.counts)) : -1;
  return (
    <>
      {summary.ratingHistogram.counts.length > 0 ? (
        <Card>
          <Later turn={0} height={CHART_HEIGHT}>
            <Ratings summary={summary} words={words} />
          </Later>
        </Card>
      ) : null}
      <Card>
        <Later turn={1} height={CHART_HEIGHT}>
          <LongTail
            title={t('longTail.title', { ...words.params, share: format.percent(topTenthShare) })}
            curve={longTail}
            markX={0.1}
            markY={topTenthShare}
            xName={t('longTail.axisX', words.params)}
            yName={t('longTail.axisY')}
            evenName={t('longTail.even')}
          />
        </Later>
      </Card>
      {overTime && overTime.starts.length > 1 ? (
        <Card>
          <Later turn={2} height={CHART_HEIGHT}>
            <OverTime
              title={t('overTime.title', {
                unit: t(`overTime.${overTime.unit}`),
                when: format.date(overTime.starts[busiest], overTime.unit),
              })}
              starts={overTime.starts}
              counts={overTime.counts}
              detail={overTime.unit}
              xName={t('overTime.axisX')}
              yName={t('overTime.axisY', { unit: t(`overTime.${overTime.unit}`) })}
            />
          </Later>
        </Card>
      ) : null}
    </>
  );
}
