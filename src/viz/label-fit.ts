/** Which labels of an axis there is room for. */

export interface AxisTick {
  readonly at: number;
  readonly label: string;
}

const LATIN_EM = 0.58;
/** Ideographs and full-width signs are as wide as they are high. */
const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/;

/** About how wide a text is drawn, in the unit of `fontSize`: measuring it in the page would lay the page out. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const letter of text) ems += WIDE.test(letter) ? 1 : LATIN_EM;
  return ems * fontSize;
}

/**
 * The ticks whose labels, centred on their places, leave `gap` between each other: every n-th for the
 * smallest n that fits, from the first on.
 */
export function thinned<Tick extends AxisTick>(
  ticks: readonly Tick[],
  place: (at: number) => number,
  fontSize: number,
  gap: number,
): readonly Tick[] {
  const spans = ticks.map((tick) => {
    const half = textWidth(tick.label, fontSize) / 2;
    return [place(tick.at) - half, place(tick.at) + half];
  });
  for (let every = 1; every < ticks.length; every++) {
    let end = Number.NEGATIVE_INFINITY;
    const fits = ticks.every((_, i) => {
      if (i % every !== 0) return true;
      const free = spans[i][0] >= end;
      end = spans[i][1] + gap;
      return free;
    });
    if (fits) return ticks.filter((_, i) => i % every === 0);
  }
  return ticks.slice(0, 1);
}
