/**
 * Does the page stay fluid while it works? `npx tsx bench/responsiveness.ts --data FILE [--model mf]` gives the
 * file, trains and asks for answers, all the while pressing keys and turning pages, with one compute thread fewer
 * than cores. Prints one JSON object last: for each stretch the longest task of the main thread (the browser reports
 * none under 50 ms), the longest time from an input to the frame that shows it, and the longest time without progress.
 */
import { cpus } from 'node:os';
import type { Page } from 'playwright';
import { type BenchArguments, parseBenchArguments } from './arguments.ts';
import { openBrowser, type Studio } from './browser.ts';
import { giveData } from './giving.ts';

interface Stretch {
  readonly ms: number;
  readonly longestTaskMs: number;
  /** 0 where every input was on screen within 16 ms. */
  readonly paintMs: number;
  readonly inputs: number;
  /** Longest time without a change in what is said to be going on; null where nothing is said. */
  readonly silenceMs: number | null;
}

interface Watch {
  /** Forgets what was seen so far. */
  begin(): void;
  end(): { readonly paintMs: number; readonly silenceMs: number };
  /** Progress of what the bench itself asks for. */
  note(progress: unknown): void;
}

const INPUT_EVERY_MS = 90;
/** Every so many inputs one is the turn of a page. */
const TURN_EVERY = 6;

/** Runs in the page: event timing, and the clock of what is said to be going on. */
function watchPage(): void {
  let paint = 0;
  let silence = 0;
  let changed = 0;
  let watching = false;
  let noted: unknown = null;
  let seen: readonly unknown[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) paint = Math.max(paint, duration);
  });
  observer.observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit);
  const look = () => {
    const { progress, phase } = window.tastemaker.project();
    const training = window.tastemaker.training();
    const now = [progress, phase, training.live, training.progress, noted];
    if (now.some((one, at) => one !== seen[at])) {
      if (watching) silence = Math.max(silence, performance.now() - changed);
      changed = performance.now();
      seen = now;
    }
    requestAnimationFrame(look);
  };
  look();
  const watch: Watch = {
    begin() {
      [paint, silence, changed, watching] = [0, 0, performance.now(), true];
    },
    end() {
      watching = false;
      return { paintMs: paint, silenceMs: Math.max(silence, performance.now() - changed) };
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

/** Presses keys until told to stop; every now and then clicks through the given steps of the story. */
async function fiddle(page: Page, steps: readonly string[], going: () => boolean): Promise<number> {
  let inputs = 0;
  while (going()) {
    const step = steps[Math.floor(inputs / TURN_EVERY) % Math.max(1, steps.length)];
    if (step && inputs % TURN_EVERY === TURN_EVERY - 1) {
      await page.locator(`nav a[href="#/${step}"]`).first().click({ timeout: 5000 });
    } else {
      await page.keyboard.press('Tab');
    }
    inputs++;
    await page.waitForTimeout(INPUT_EVERY_MS);
  }
  return inputs;
}

interface Work {
  /** Steps that may be turned to meanwhile. */
  readonly steps: readonly string[];
  readonly speaks: boolean;
  run(): Promise<unknown>;
}

async function stretch({ page, longestTaskMs }: Studio, { steps, speaks, run }: Work): Promise<Stretch> {
  await longestTaskMs();
  await page.evaluate(() => window.watch.begin());
  const begin = performance.now();
  let working = true;
  const work = run().finally(() => {
    working = false;
  });
  const inputs = fiddle(page, steps, () => working);
  await work;
  const ms = performance.now() - begin;
  const pressed = await inputs;
  const { paintMs, silenceMs } = await page.evaluate(() => window.watch.end());
  return { ms, longestTaskMs: await longestTaskMs(), paintMs, inputs: pressed, silenceMs: speaks ? silenceMs : null };
}

/** Turns to a step and waits for what it shows. */
async function visit(page: Page, step: string, shown: string): Promise<void> {
  await page.locator(`nav a[href="#/${step}"]`).first().click();
  await page.locator(shown).first().waitFor();
  await page.waitForTimeout(1000);
}

async function measure(args: BenchArguments) {
  const threads = Math.max(1, cpus().length - 1);
  const browser = await openBrowser({ outDir: args.outDir, gpu: null });
  try {
    const studio = await browser.openStudio(`device=wasm&story=off&threads=${threads}`);
    const { page } = studio;
    await page.evaluate(watchPage);
    const stretches = {
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
    const { error } = await page.evaluate(() => ({ error: window.tastemaker.training().error?.code ?? null }));
    if (error !== null) throw new Error(`training ended with ${error}`);
    await studio.close();
    return { browser: browser.version, threads, model: args.model, stretches };
  } finally {
    await browser.close();
  }
}

console.log(JSON.stringify(await measure(parseBenchArguments(process.argv.slice(2)))));
