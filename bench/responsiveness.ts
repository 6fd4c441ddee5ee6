/**
 * Does the page stay fluid while it works? `npx tsx bench/responsiveness.ts --data FILE [--model mf]` gives the
 * file, trains and asks for answers, all the while pressing keys and turning pages, with one compute thread fewer
 * than cores (`--threads` says otherwise); with `--studies comparison,search` models are compared (`--without` some) and
 * settings searched for as well.
 * Prints one JSON object last: for each stretch the longest task of the main thread (the browser reports none under
 * 50 ms), the longest time from an input to the frame that shows it, and the longest time without progress.
 */
import { cpus } from 'node:os';
import type { Page } from 'playwright';
import { type BenchArguments, parseBenchArguments, type Study } from './arguments.ts';
import { openBrowser, type Studio } from './browser.ts';
import { giveData } from './giving.ts';

interface Stretch {
  readonly ms: number;
  readonly longestTaskMs: number;
  /** 0 where every input was on screen within 16 ms. */
  readonly paintMs: number;
  /** What the input that was on screen last was, and where its time went; '' where every one was within 16 ms. */
  readonly slowestInput: string;
  readonly inputs: number;
  /** Longest time without a change in what is said to be going on; null where nothing is said. */
  readonly silenceMs: number | null;
  /** What was said last before it. */
  readonly silentAfter: string;
  /** What the longest frame of 50 ms and more was made of, '' where there was none. */
  readonly longestFrame: string;
}

/** What the browser says of an animation frame of 50 ms and more, as far as it is read here. */
interface LongFrame extends PerformanceEntry {
  readonly renderStart: number;
  readonly styleAndLayoutStart: number;
  readonly scripts: readonly {
    readonly duration: number;
    readonly forcedStyleAndLayoutDuration: number;
    readonly invoker: string;
    readonly sourceFunctionName: string;
    readonly sourceURL: string;
  }[];
}

interface Watch {
  /** Forgets what was seen so far. */
  begin(): void;
  end(): Pick<Stretch, 'paintMs' | 'slowestInput' | 'silenceMs' | 'silentAfter' | 'longestFrame'>;
  /** Progress of what the bench itself asks for. */
  note(progress: unknown): void;
}

const INPUT_EVERY_MS = 90;
/** A comparison of everything takes a minute where two threads compute. */
const STUDY_PATIENCE_MS = 300_000;
/** Every so many inputs one is the turn of a page. */
const TURN_EVERY = 6;

/** Runs in the page: event timing, and the clock of what is said to be going on. */
function watchPage(): void {
  let paint = 0;
  let slowestInput = '';
  let silence = 0;
  let silentAfter = '';
  let frame = 0;
  let longestFrame = '';
  let changed = 0;
  let watching = false;
  let noted: unknown = null;
  let seen: readonly unknown[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceEventTiming[]) {
      const { duration, name, target, startTime, processingStart, processingEnd } = entry;
      if (duration <= paint) continue;
      paint = duration;
      const on = target instanceof Element ? `${target.tagName} ${target.textContent?.slice(0, 24)}` : '';
      const [begun, ended] = [processingStart - startTime, processingEnd - startTime];
      slowestInput = `${name} on ${on}: begun ${begun.toFixed(0)}, answered ${ended.toFixed(0)}, shown ${duration}`;
    }
  });
  observer.observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit);
  new PerformanceObserver((list) => {
    for (const { duration, startTime, renderStart, styleAndLayoutStart, scripts } of list.getEntries() as LongFrame[]) {
      if (!watching || duration <= frame) continue;
      frame = duration;
      const end = startTime + duration;
      const parts = scripts.map(
        ({ duration: ms, forcedStyleAndLayoutDuration: forced, invoker, sourceFunctionName: name, sourceURL }) =>
          `${invoker} ${name} ${sourceURL.split('/').at(-1)} ${ms.toFixed(0)} (layout ${forced.toFixed(0)})`,
      );
      const drawn = renderStart > 0 ? end - renderStart : 0;
      const laidOut = styleAndLayoutStart > 0 ? end - styleAndLayoutStart : 0;
      longestFrame = [
        `${duration.toFixed(0)} ms, of it drawn in ${drawn.toFixed(0)}, from style on ${laidOut.toFixed(0)}`,
        ...parts,
      ].join('; ');
    }
  }).observe({ type: 'long-animation-frame' });
  const look = () => {
    const { progress, phase } = window.tastemaker.project();
    const training = window.tastemaker.training();
    const { comparison, tuning } = window.tastemaker;
    const now = [progress, phase, training.live, training.progress, comparison().progress, tuning().progress, noted];
    if (now.some((one, at) => one !== seen[at])) {
      const quiet = performance.now() - changed;
      if (watching && quiet > silence) {
        silence = quiet;
        silentAfter = JSON.stringify(seen.slice(3)).slice(0, 160);
      }
      changed = performance.now();
      seen = now;
    }
  };
  // Not frame by frame: asking for a frame that nothing on the page needs is work for the page and the browser. A
  // silence is right to within these milliseconds.
  setInterval(look, 40);
  const watch: Watch = {
    begin() {
      [paint, slowestInput, silence, silentAfter] = [0, '', 0, ''];
      [changed, watching, frame, longestFrame] = [performance.now(), true, 0, ''];
    },
    end() {
      watching = false;
      const silenceMs = Math.max(silence, performance.now() - changed);
      return { paintMs: paint, slowestInput, silenceMs, silentAfter, longestFrame };
    },
    note(progress) {
      noted = progress;
    },
  };
  Object.assign(window, { watch });
}

declare global {
  interface Window {
    watch: Watch;
  }
}

/** Where the step of a story is clicked: found beforehand, so that no task of the driver's is counted as the page's. */
async function centreOf(page: Page, step: string): Promise<Place> {
  const box = await page.locator(`nav a[href="#/${step}"]`).first().boundingBox();
  if (!box) throw new Error(`no step named ${step}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Presses keys until told to stop; every now and then clicks through the given places. */
async function fiddle(page: Page, places: readonly Place[], going: () => boolean): Promise<number> {
  let inputs = 0;
  while (going()) {
    const place = places[Math.floor(inputs / TURN_EVERY) % Math.max(1, places.length)];
    if (place && inputs % TURN_EVERY === TURN_EVERY - 1) {
      await page.mouse.click(place.x, place.y);
    } else {
      await page.keyboard.press('Tab');
    }
    inputs++;
    await page.waitForTimeout(INPUT_EVERY_MS);
  }
  return inputs;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Work {
  /** Steps that may be turned to meanwhile. */
  readonly steps: readonly string[];
  readonly speaks: boolean;
  run(): Promise<unknown>;
}

async function stretch({ page, longestTaskMs }: Studio, { steps, speaks, run }: Work): Promise<Stretch> {
  const places: Place[] = [];
  for (const step of steps) places.push(await centreOf(page, step));
  await longestTaskMs();
  await page.evaluate(() => window.watch.begin());
  const begin = performance.now();
  let working = true;
  const work = run().finally(() => {
    working = false;
  });
  const inputs = fiddle(page, places, () => working);
  await work;
  const ms = performance.now() - begin;
  const pressed = await inputs;
  const seen = await page.evaluate(() => window.watch.end());
  return {
    ms,
    longestTaskMs: await longestTaskMs(),
    inputs: pressed,
    ...seen,
    silenceMs: speaks ? seen.silenceMs : null,
  };
}

/** Turns to a step and waits for what it shows. */
async function visit(page: Page, step: string, shown: string): Promise<void> {
  await page.locator(`nav a[href="#/${step}"]`).first().click();
  await page.locator(shown).first().waitFor();
  await page.waitForTimeout(1000);
}

/** Presses what begins a study, and waits for its end. */
async function study(page: Page, press: RegExp, which: 'comparison' | 'tuning'): Promise<void> {
  // From within: what drives the page looks at all of it before it clicks, in a task of ours.
  await page.getByRole('button', { name: press }).evaluate((button) => (button as HTMLElement).click());
  await page.waitForFunction((name) => window.tastemaker[name]().asked === null, which, {
    timeout: STUDY_PATIENCE_MS,
    polling: 100,
  });
}

/** Each is begun on its page, which is turned away from and back to meanwhile. */
const STUDIES: Readonly<Record<Study, (studio: Studio, without: BenchArguments['without']) => Promise<Stretch>>> = {
  async comparison(studio, without) {
    const { page } = studio;
    await visit(page, 'quality', 'main h1');
    for (const model of without) await page.locator(`input[type=checkbox][value^="${model}-"]:checked`).uncheck();
    return stretch(studio, {
      steps: ['data', 'quality'],
      speaks: true,
      run: () => study(page, /^Compare \d+ models$/, 'comparison'),
    });
  },
  async search(studio) {
    const { page } = studio;
    await visit(page, 'train', 'main h1');
    return stretch(studio, {
      steps: ['data', 'train'],
      speaks: true,
      run: () => study(page, /^Start the search$/, 'tuning'),
    });
  },
};

async function measure(args: BenchArguments) {
  const threads = args.threads ?? Math.max(1, cpus().length - 1);
  const browser = await openBrowser({ outDir: args.outDir, gpu: null });
  try {
    const studio = await browser.openStudio(`device=wasm&story=off&threads=${threads}`);
    const { page } = studio;
    await page.evaluate(watchPage);
    const stretches: Record<string, Stretch> = {
      import: await stretch(studio, { steps: [], speaks: true, run: () => giveData(page, args) }),
      training: await stretch(studio, {
        steps: ['train', 'data'],
        speaks: true,
        run: () =>
          page.evaluate(({ model, preset }) => window.tastemaker.train(model, preset), {
            model: args.model,
            preset: args.preset,
          }),
      }),
      answers: await stretch(studio, {
        steps: [],
        speaks: false,
        async run() {
          await visit(page, 'map', 'main canvas');
          await visit(page, 'customers', '[data-testid=recommendations] li');
        },
      }),
      everybody: await stretch(studio, {
        steps: [],
        speaks: true,
        run: () =>
          page.evaluate(() =>
            window.tastemaker
              .engine()
              .exportLists({ count: 20, run: null }, window.watch.note, new AbortController().signal)
              .then(() => undefined),
          ),
      }),
    };
    for (const wanted of args.studies) stretches[wanted] = await STUDIES[wanted](studio, args.without);
    const errors = await page.evaluate(() => {
      const { training, comparison, tuning } = window.tastemaker;
      return [training(), comparison(), tuning()].flatMap(({ error }) => error?.code ?? []);
    });
    const compared = await page.evaluate(
      () => window.tastemaker.comparison().comparison?.request.entrants.length ?? null,
    );
    if (errors.length > 0) throw new Error(`ended with ${errors.join(', ')}`);
    await studio.close();
    return { browser: browser.version, threads, model: args.model, compared, stretches };
  } finally {
    await browser.close();
  }
}

console.log(JSON.stringify(await measure(parseBenchArguments(process.argv.slice(2)))));
