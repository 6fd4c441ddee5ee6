/**
 * The same training on all four devices, held against the reference: `npx tsx bench/parity.ts --data FILE
 * [--model neumf --head taste] [--preset quick] [--factors K] [--epochs N]`. Prints one JSON object last.
 *
 * Factorization: test RMSE; the top ten of every customer from the export, as each device's own factors order
 * them; predicted stars of 50 customers' lists; WebGPU once more with what sweeps read in 16 bits. NeuMF: the test
 * figures of the heads asked for (`--head taste`: on a software adapter, ranking everything for everybody takes minutes).
 */
import { DEVICE_KINDS, type DeviceKind } from '../src/compute/device.ts';
import type { Head } from '../src/models/recommender.ts';
import type { TrainRequest } from '../src/worker/api/training.ts';
import { type ListedItem, sameUpToTies } from './agreement.ts';
import { type BenchArguments, parseBenchArguments } from './arguments.ts';
import { type MeasuringBrowser, openBrowser, type Studio } from './browser.ts';
import { giveData } from './giving.ts';

/** Scores of lists lie between 0 and about 1; the export rounds them to five digits. */
const TIE = 0.001;
const LIST = 10;
const LONGER = 15;
const SAMPLED_CUSTOMERS = 50;

interface Entrant {
  readonly kind: DeviceKind;
  /** Sweeps read factors in 16 bits. */
  readonly halfReads?: boolean;
}

interface Outcome extends Entrant {
  readonly adapter: string;
  readonly rmse: number | null;
  readonly recall10: number | null;
  /** customer, rank, product, title, score … as exported; null for NeuMF. */
  readonly lists: ReadonlyMap<string, readonly ListedItem[]> | null;
  readonly stars: ReadonlyMap<string, number>;
  readonly seconds: number;
}

export interface DeviceParity {
  readonly device: DeviceKind;
  readonly halfReads: boolean;
  readonly adapter: string;
  readonly rmse: number | null;
  readonly recall10: number | null;
  readonly seconds: number;
  readonly rmseDifference: number | null;
  readonly recallDifference: number | null;
  readonly predictions: number;
  readonly worstPrediction: number | null;
  readonly customers: number;
  /** Share of customers with the reference's top ten, up to ties. */
  readonly sameTopTen: number | null;
}

/** Runs in the page: trains so that the models serve, then asks them. */
async function trainAndAsk(page: Studio['page'], request: TrainRequest) {
  return page.evaluate(
    async ({ request, longer, sampled }) => {
      const engine = window.tastemaker.engine();
      const summary = await engine.train('parity', request, () => undefined);
      const csv = await engine.exportLists(
        { count: longer, run: 'parity' },
        () => undefined,
        new AbortController().signal,
      );
      const customers = window.tastemaker.project().summary?.customers ?? 0;
      const stars: [string, number][] = [];
      for (let at = 0; at < Math.min(sampled, customers); at++) {
        const customer = Math.floor((at * customers) / sampled);
        const whatIf = { liked: [], disliked: [] };
        const { items } = await engine.recommend({ customer, whatIf, count: longer, run: 'parity' });
        for (const { product, stars: value } of items)
          if (value !== null) stars.push([`${customer} ${product.id}`, value]);
      }
      return { summary, csv: await csv.text(), stars };
    },
    { request, longer: LONGER, sampled: SAMPLED_CUSTOMERS },
  );
}

async function tryOnce(page: Studio['page'], train: TrainRequest, heads: readonly Head[]) {
  return page.evaluate(
    ({ train, heads }) =>
      window.tastemaker.engine().trial(
        {
          train,
          heads,
          split: 'random',
          holdout: 0.1,
          minRating: null,
          test: null,
          testPerEpoch: false,
        },
        () => undefined,
      ),
    { train, heads },
  );
}

/** Lists by customer from the exported lines: none of the columns before the title holds a comma in our data sets. */
function parseLists(csv: string): Map<string, ListedItem[]> {
  const lists = new Map<string, ListedItem[]>();
  const hasStars = csv.slice(0, csv.indexOf('\r\n')).endsWith('predicted_rating');
  for (const line of csv.split('\r\n').slice(1)) {
    if (line === '') continue;
    const fields = line.split(',');
    const [customer, , item] = fields;
    const score = Number(fields.at(hasStars ? -2 : -1));
    lists.set(customer, [...(lists.get(customer) ?? []), { item, score }]);
  }
  return lists;
}

async function runOn(browser: MeasuringBrowser, entrant: Entrant, args: BenchArguments): Promise<Outcome> {
  const { kind, halfReads = false } = entrant;
  const studio = await browser.openStudio(`device=${kind}&story=off`);
  try {
    const { page } = studio;
    await giveData(page, args);
    if (halfReads) await page.evaluate(() => window.tastemaker.engine().setHalfReads(true));
    const request: TrainRequest = { model: args.model, preset: args.preset, settings: args.settings, seed: args.seed };
    const start = performance.now();
    const { summary, csv, stars } =
      args.model === 'mf'
        ? await trainAndAsk(page, request)
        : { ...(await tryOnce(page, request, args.heads)), csv: null, stars: [] };
    const { device } = summary;
    if (device.kind !== kind || (device.halfReads ?? false) !== halfReads)
      throw new Error(`${JSON.stringify(entrant)} was asked for, ${JSON.stringify(device)} trained`);
    return {
      kind,
      halfReads,
      adapter: device.adapter,
      rmse: summary.rmse,
      recall10: summary.heads.includes('choice') ? summary.recall10 : null,
      lists: csv === null ? null : parseLists(csv),
      stars: new Map(stars),
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    await studio.close();
  }
}

const apart = (a: number | null, b: number | null) => (a === null || b === null ? null : Math.abs(a - b));

function compare(own: Outcome, reference: Outcome): DeviceParity {
  const shared = [...own.stars].filter(([key]) => reference.stars.has(key));
  const differences = shared.map(([key, value]) => Math.abs(value - (reference.stars.get(key) as number)));
  const { lists } = reference;
  const customers = own.lists && lists ? [...own.lists.keys()] : [];
  const same = customers.filter((customer) =>
    sameUpToTies(own.lists?.get(customer) ?? [], lists?.get(customer) ?? [], { count: LIST, tie: TIE }),
  );
  return {
    device: own.kind,
    halfReads: own.halfReads ?? false,
    adapter: own.adapter,
    rmse: own.rmse,
    recall10: own.recall10,
    seconds: own.seconds,
    rmseDifference: apart(own.rmse, reference.rmse),
    recallDifference: apart(own.recall10, reference.recall10),
    predictions: differences.length,
    worstPrediction: differences.length > 0 ? Math.max(...differences) : null,
    customers: customers.length,
    sameTopTen: customers.length > 0 ? same.length / customers.length : null,
  };
}

const args = parseBenchArguments(process.argv.slice(2));
const browser = await openBrowser({ outDir: args.outDir, gpu: args.gpu });
try {
  const outcomes: Outcome[] = [];
  const entrants: Entrant[] = DEVICE_KINDS.map((kind) => ({ kind }));
  if (args.model === 'mf') entrants.push({ kind: 'webgpu', halfReads: true });
  for (const entrant of entrants) {
    outcomes.push(await runOn(browser, entrant, args));
    console.log(`${entrant.kind}: ${outcomes.at(-1)?.seconds.toFixed(1)} s`);
  }
  const reference = outcomes.find(({ kind }) => kind === 'reference') as Outcome;
  const devices = outcomes.map((own) => compare(own, reference));
  console.log(JSON.stringify({ model: args.model, preset: args.preset, settings: args.settings, devices }));
} finally {
  await browser.close();
}
