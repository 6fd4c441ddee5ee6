import { IconArrowsMaximize, IconMinus, IconPlus, IconTable } from '@tabler/icons-react';
import { type ColorScale, cssGradient } from './color-scales.ts';
import styles from './heatmap.module.css';

/** Every word the picture needs, from the page. */
export interface HeatmapTexts {
  /** What this is, for screen readers: "similarity heatmap". */
  readonly kind: string;
  /** The reading of the whole picture, for screen readers. */
  readonly reading: string;
  readonly groups: string;
  readonly low: string;
  readonly high: string;
  readonly hint: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly showAll: string;
  readonly asTable: string;
  readonly asPicture: string;
  readonly tableTitle: string;
  readonly first: string;
  readonly second: string;
  readonly value: string;
}

interface HeatmapLegendProps {
  readonly scale: ColorScale;
  readonly domain: readonly [number, number];
  readonly indent: number;
  /** Width of the matrix; the tools stand beyond it where there is room. */
  readonly width: number;
  readonly texts: HeatmapTexts;
  readonly write: (value: number) => string;
  readonly asTable: boolean;
  readonly onTable: (asTable: boolean) => void;
  readonly onZoom: (direction: -1 | 0 | 1) => void;
}

/** What the colours mean, how to move about, and the way to the same numbers as a table. */
export function HeatmapLegend(props: HeatmapLegendProps) {
  const { scale, domain, indent, width, texts, write, asTable, onTable, onZoom } = props;
  return (
    <div className={styles.legend} style={asTable ? undefined : { marginLeft: indent }}>
      {asTable ? null : (
        <>
          <div className={styles.reading} style={indent > 0 ? { width } : undefined}>
            <div className={styles.key}>
              <span>{texts.low}</span>
              <span className={styles.ramp}>
                <span className={styles.gradient} style={{ background: cssGradient(scale) }} />
                <span className={styles.ends}>
                  <span>{scale.signed ? write(domain[0]) : `≤ ${write(domain[0])}`}</span>
                  {scale.signed ? <span>{write(0)}</span> : null}
                  <span>{scale.signed ? write(domain[1]) : `≥ ${write(domain[1])}`}</span>
                </span>
              </span>
              <span>{texts.high}</span>
            </div>
            <span className={styles.hint}>{texts.hint}</span>
          </div>
          <span className={styles.tools}>
            <button
              type="button"
              className={styles.tool}
              aria-label={texts.zoomOut}
              title={texts.zoomOut}
              onClick={() => onZoom(-1)}
            >
              <IconMinus size={16} stroke={1.5} aria-hidden="true" />
            </button>
            <button
              type="button"
              className={styles.tool}
              aria-label={texts.zoomIn}
              title={texts.zoomIn}
              onClick={() => onZoom(1)}
            >
              <IconPlus size={16} stroke={1.5} aria-hidden="true" />
            </button>
            <button
              type="button"
              className={styles.tool}
              aria-label={texts.showAll}
              title={texts.showAll}
              onClick={() => onZoom(0)}
            >
              <IconArrowsMaximize size={15} stroke={1.5} aria-hidden="true" />
            </button>
            <button
              type="button"
              className={styles.tool}
              aria-label={texts.asTable}
              title={texts.asTable}
              onClick={() => onTable(true)}
            >
              <IconTable size={16} stroke={1.5} aria-hidden="true" />
            </button>
          </span>
        </>
      )}
      {asTable ? (
        <button type="button" className={styles.switch} onClick={() => onTable(false)}>
          {texts.asPicture}
        </button>
      ) : null}
    </div>
  );
}
