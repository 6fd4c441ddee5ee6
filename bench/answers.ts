/**
 * How long answers take in the page that gives them: `npx tsx bench/answers.ts --data FILE [--threads 2]
 * [--device wasm]`. Trains once, then asks the page's own engine. Prints one JSON object last; every time is
 * taken in the page, so that the way to the engine and back is in it, but for the fold-in, which the engine times.
 */
import { type BenchArguments, parseBenchArguments } from './arguments.ts';
import { openBrowser, type Studio } from './browser.ts';
import { giveData } from './giving.ts';
import { median } from './median.ts';

const ROUNDS = 5;
const LIST = 20;
const TILE = 256;
const FOLD_INS = 100;
/** Products whose customers are sought, and how many of them. */
const SOUGHT = 20;
const PEOPLE = 20;
/** What a new customer says of themselves. */
const LIKED = 5;

interface Asked {
  /** Lists of everybody, as CSV with predicted stars. */
  readonly listsMs: readonly number[];
  /** Until the rows are compared, and until they are ordered, grouped and named as well. */
  readonly tileMs: readonly number[];
  readonly pictureMs: readonly number[];
  /** A customer solved from what they like, and everything ranked for them, by the engine's clock. */
  readonly foldInMs: readonly number[];
  /** The same from the page's side. */
  readonly whatIfMs: readonly number[];
  /** The likeliest customers of one product, those who have it left out. */
  readonly topCustomersMs: readonly number[];
  readonly customers: number;
}

/** Runs in the page. One round of each kind of question goes first and is not counted. */
async function ask(page: Studio['page'], seed: number): Promise<Asked> {
  return page.evaluate(
    async ({ seed, rounds, list, tile, foldIns, liked, sought, people }) => {
      const engine = window.tastemaker.engine();
      const run = 'answers';
      await engine.train(run, { model: 'mf', preset: 'balanced', settings: {}, seed }, () => undefined);
      const { summary } = window.tastemaker.project();
      const [customers, products] = [summary?.customers ?? 0, summary?.products ?? 0];
      const signal = new AbortController().signal;
      const asked = {
        listsMs: [] as number[],
        tileMs: [] as number[],
        pictureMs: [] as number[],
        foldInMs: [] as number[],
        whatIfMs: [] as number[],
        topCustomersMs: [] as number[],
        customers,
      };
      for (let round = 0; round <= rounds; round++) {
        const begin = performance.now();
        await engine.exportLists({ count: list, run }, () => undefined, signal);
        if (round > 0) asked.listsMs.push(performance.now() - begin);
      }
      for (let round = 0; round <= rounds; round++) {
        const begin = performance.now();
        let compared: number | null = null;
        await engine.heatmap(
          { side: 'products', measure: 'cosine', size: tile, choose: { by: 'popularity' } },
          ({ step }) => {
            if (step === 'ordering') compared ??= performance.now() - begin;
          },
          signal,
        );
        if (round === 0) continue;
        asked.pictureMs.push(performance.now() - begin);
        if (compared !== null) asked.tileMs.push(compared);
      }
      for (let round = 0; round <= foldIns; round++) {
        const first = (round * 37) % Math.max(1, products - liked);
        const whatIf = { liked: Array.from({ length: liked }, (_, at) => first + at), disliked: [] };
        const begin = performance.now();
        const { milliseconds } = await engine.recommend({ customer: null, whatIf, count: 10, run });
        if (round === 0) continue;
        asked.whatIfMs.push(performance.now() - begin);
        asked.foldInMs.push(milliseconds);
      }
      for (let round = 0; round <= sought; round++) {
        const product = Math.floor((round * products) / (sought + 1));
        const begin = performance.now();
        await engine.topCustomers({ product, count: people, run }, () => undefined, signal);
        if (round > 0) asked.topCustomersMs.push(performance.now() - begin);
      }
      return asked;
    },
    { seed, rounds: ROUNDS, list: LIST, tile: TILE, foldIns: FOLD_INS, liked: LIKED, sought: SOUGHT, people: PEOPLE },
  );
}

async function measure(args: BenchArguments) {
  const browser = await openBrowser({ outDir: args.outDir, gpu: args.device === 'wasm' ? null : args.gpu });
  try {
    const threads = args.threads === null ? '' : `&threads=${args.threads}`;
    const studio = await browser.openStudio(`device=${args.device}&story=off${threads}`);
    await giveData(studio.page, args);
    const asked = await ask(studio.page, args.seed);
    const { chosen } = await studio.page.evaluate(() => window.tastemaker.engine().engine());
    await studio.close();
    const middle = (times: readonly number[]) => (times.length > 0 ? median(times) : null);
    return {
      browser: browser.version,
      device: chosen.kind,
      adapter: chosen.adapter,
      threads: chosen.threads,
      customers: asked.customers,
      list: LIST,
      listsMs: middle(asked.listsMs),
      tileMs: middle(asked.tileMs),
      pictureMs: middle(asked.pictureMs),
      foldInMs: middle(asked.foldInMs),
      whatIfMs: middle(asked.whatIfMs),
      topCustomersMs: middle(asked.topCustomersMs),
    };
  } finally {
    await browser.close();
  }
}

console.log(JSON.stringify(await measure(parseBenchArguments(process.argv.slice(2)))));
