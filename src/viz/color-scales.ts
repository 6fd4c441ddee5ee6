/**
 * Colours for values. Stops are mixed in OKLab (Ottosson 2020) and then spaced so that equal steps of
 * the value are equal steps to the eye; lightness only ever goes one way (from the middle outwards
 * where values have a sign), so the scales read without hue, and in print.
 */

/** Entries of a scale; more than a screen can tell apart. */
export const SCALE_SIZE = 256;

export interface ColorScale {
  /** SCALE_SIZE × [red, green, blue], 0…255, for the lowest value to the highest. */
  readonly table: Uint8ClampedArray;
  /** Whether the middle of the scale stands for 0. */
  readonly signed: boolean;
}

type Triple = readonly [number, number, number];

const SEQUENTIAL = {
  // paper → lilac → violet → near-black
  light: ['#f6f4ef', '#dcd7f8', '#5a4ae3', '#1a1238'],
  // near-black → violet → ember → straw
  dark: ['#201e2b', '#5546d8', '#f08458', '#fbe4a6'],
} as const;

const DIVERGING = {
  // teal – paper – ember
  light: ['#0a4f55', '#62b3b1', '#f6f4ef', '#f09a70', '#7f2809'],
  dark: ['#a5efe6', '#2b8f8e', '#201e2b', '#cf6238', '#ffd0ad'],
} as const;

const made = new Map<string, ColorScale>();

/** The scale for values of one sign, or of both. */
export function colorScale(signed: boolean, dark: boolean): ColorScale {
  const key = `${signed} ${dark}`;
  let scale = made.get(key);
  if (!scale) {
    const stops = (signed ? DIVERGING : SEQUENTIAL)[dark ? 'dark' : 'light'];
    scale = { table: evenly(stops.map((stop) => toOklab(fromHex(stop)))), signed };
    made.set(key, scale);
  }
  return scale;
}

/** Position of a value in a scale's table; values beyond the domain take its ends. */
export function scaleIndex(value: number, [low, high]: readonly [number, number]): number {
  if (high <= low) return SCALE_SIZE >> 1;
  return Math.max(0, Math.min(SCALE_SIZE - 1, Math.round(((value - low) / (high - low)) * (SCALE_SIZE - 1))));
}

/** A scale as a CSS gradient from left to right. */
export function cssGradient({ table }: ColorScale, stops = 17): string {
  const colors = Array.from({ length: stops }, (_, at) =>
    cssColor(table, Math.round((at / (stops - 1)) * (SCALE_SIZE - 1))),
  );
  return `linear-gradient(to right, ${colors.join(', ')})`;
}

export function cssColor(table: Uint8ClampedArray, index: number): string {
  return `rgb(${table[3 * index]} ${table[3 * index + 1]} ${table[3 * index + 2]})`;
}

/** Lightness to the eye, 0…1 (the L of OKLab). */
export function lightness(red: number, green: number, blue: number): number {
  return toOklab([red, green, blue])[0];
}

/** How different two colours look: the distance in OKLab. */
export function difference(a: Triple, b: Triple): number {
  return distance(toOklab(a), toOklab(b));
}

/** Samples a path through OKLab at equal distances along it. A signed scale has its middle stop in the middle. */
function evenly(stops: readonly Triple[]): Uint8ClampedArray {
  const fine = 64;
  const path: Triple[] = [stops[0]];
  for (let stop = 1; stop < stops.length; stop++) {
    for (let step = 1; step <= fine; step++) path.push(mix(stops[stop - 1], stops[stop], step / fine));
  }
  const along = [0];
  for (let at = 1; at < path.length; at++) along.push(along[at - 1] + distance(path[at - 1], path[at]));
  // With five stops the two arms may differ in length; each gets half of the table.
  const middle = stops.length % 2 === 1 ? ((stops.length - 1) / 2) * fine : null;
  const table = new Uint8ClampedArray(3 * SCALE_SIZE);
  let at = 1;
  for (let entry = 0; entry < SCALE_SIZE; entry++) {
    const share = entry / (SCALE_SIZE - 1);
    const wanted = middle === null ? share * along[along.length - 1] : twoArms(share, along, middle);
    while (at < path.length - 1 && along[at] < wanted) at++;
    const within = (wanted - along[at - 1]) / (along[at] - along[at - 1]);
    table.set(fromOklab(mix(path[at - 1], path[at], Math.max(0, Math.min(1, within)))), 3 * entry);
  }
  return table;
}

function twoArms(share: number, along: readonly number[], middle: number): number {
  const half = along[middle];
  return share <= 0.5 ? 2 * share * half : half + (2 * share - 1) * (along[along.length - 1] - half);
}

function mix(a: Triple, b: Triple, share: number): Triple {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

function distance(a: Triple, b: Triple): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function fromHex(hex: string): Triple {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function toLinear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function fromLinear(value: number): number {
  return 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
}

function toOklab([red, green, blue]: Triple): Triple {
  const [r, g, b] = [toLinear(red), toLinear(green), toLinear(blue)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Triple): Triple {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    fromLinear(Math.max(0, 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)),
    fromLinear(Math.max(0, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)),
    fromLinear(Math.max(0, -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)),
  ];
}
