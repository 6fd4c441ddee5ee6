/** One measurement: data in, one trial, figures out. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename } from 'node:path';
import type { Role } from '../src/data/plan.ts';
import { openTables } from '../src/data/read/open.ts';
import type { Head } from '../src/models/recommender.ts';
import type { TrialOutcome, TrialRequest } from '../src/worker/api/trials.ts';
import type { BenchArguments } from './arguments.ts';
import { type MeasuringBrowser, openBrowser, type Studio } from './browser.ts';
import { assertFiles, BenchError, type Failure, giveData } from './giving.ts';
import { type StoryTimes, timeStory } from './story.ts';

/** What `npm run bench` prints. Times in ms; null where it was not asked for or cannot be. */
export interface BenchResult {
  readonly rows: {
    readonly read: number;
    readonly kept: number;
    readonly merged: number;
    readonly netted: number;
    readonly blank: number;
    readonly rejected: number;
    readonly reasons: Readonly<Record<string, number>>;
  };
  readonly feedback: string;
  readonly roles: Readonly<Partial<Record<Role, readonly string[]>>>;
  readonly users: number;
  readonly items: number;
  /** Pairs in the training part (validation included). */
  readonly nnz: number;
  readonly importMs: number;
  /** Of the fit that was scored: set-up included, evaluation not. */
  readonly fitMs: number | null;
  readonly choiceFitMs: number | null;
  readonly epochs: readonly {
    readonly head: Head;
    readonly epoch: number;
    readonly ms: number;
    readonly trainLoss: number;
    readonly validation: number | null;
    readonly testRmse: number | null;
    readonly testRecall10: number | null;
  }[];
  readonly rmse: number | null;
  readonly mae: number | null;
  readonly baselineRmse: number | null;
  readonly recall10: number | null;
  readonly ndcg10: number | null;
  readonly popularityRecall10: number;
  readonly popularityNdcg10: number;
  readonly device: string;
  readonly adapter: string;
  readonly threads: number;
  readonly peakMemoryMb: number | null;
  readonly peakGpuProcessMb: number | null;
  /** Longest of `longTasks`: tasks of the page's main thread; 0 where none reached 50 ms. */
  readonly longestTaskMs: number;
  /** During the import, during the trial, and during the story of `dropToListMs` (import, training, list). */
  readonly longTasks: { readonly import: number; readonly trial: number; readonly story: number | null };
  /** From the files given to a fresh page on the processor to the first list on screen. */
  readonly dropToListMs: number | null;
  readonly story: StoryTimes | null;
  /** Share of held-out ratings (of 500 customers) inside their 90 % interval; null where the model gives none. */
  readonly intervalCoverage: number | null;
  readonly top: Readonly<Record<string, readonly string[]>>;
  readonly unknownTestPairs: number;
  readonly testCustomers: number;
  readonly settings: TrialRequest['train'];
  readonly browser: string;
  readonly cores: number;
  readonly processor: string;
}

/** The columns customer, product, rating (first three) of a published test part, read by the product's own reader. */
async function readTestPart(path: string, minRating: number | null): Promise<NonNullable<TrialRequest['test']>> {
  const { tables } = await openTables([{ name: basename(path), blob: new Blob([readFileSync(path)]) }], {});
  const customers: string[] = [];
  const products: string[] = [];
  const values: number[] = [];
  for await (const { columns, rows } of tables[0].batches({})) {
    for (let row = 0; row < rows; row++) {
      const value = Number(columns[2]?.text(row) ?? 1);
      if (minRating !== null && value < minRating) continue;
      customers.push(columns[0].text(row));
      products.push(columns[1].text(row));
      values.push(value);
    }
  }
  return { customers, products, values };
}

async function runTrial({ page }: Studio, request: TrialRequest): Promise<TrialOutcome> {
  const outcome = await page.evaluate(async (trial): Promise<TrialOutcome | Failure> => {
    try {
      return await window.tastemaker.engine().trial(trial, () => undefined);
    } catch (thrown) {
      const error = thrown as Failure;
      return { code: error.code ?? 'unexpected', message: error.message };
    }
  }, request);
  if ('code' in outcome) throw new BenchError(outcome.code, outcome.message);
  return outcome;
}

async function assertDevice({ page }: Studio, wanted: string): Promise<void> {
  const { kind, why } = await page.evaluate(async () => {
    const { chosen, findings } = await window.tastemaker.engine().engine();
    return { kind: chosen.kind as string, why: findings };
  });
  if (kind === wanted) return;
  const { state, detail } = why.find((finding) => finding.kind === wanted) ?? { state: 'missing', detail: '' };
  throw new BenchError('deviceMissing', `${wanted} is ${state} here (${detail}); the page chose ${kind}`);
}

async function measureTrial(studio: Studio, args: BenchArguments) {
  await assertDevice(studio, args.device);
  const summary = await giveData(studio.page, args);
  const importTask = await studio.longestTaskMs();
  const request: TrialRequest = {
    train: {
      model: args.model,
      preset: args.preset,
      settings: args.settings,
      seed: args.seed,
      ...(args.solver ? { solver: args.solver } : {}),
    },
    heads: args.heads,
    split: args.split,
    holdout: args.holdout,
    minRating: args.minRating,
    test: args.test ? await readTestPart(args.test, args.minRating) : null,
    testPerEpoch: true,
    strict: args.strict,
  };
  const outcome = await runTrial(studio, request);
  return {
    summary,
    request,
    outcome,
    tasks: { import: importTask, trial: await studio.longestTaskMs() },
    peakMemoryMb: await studio.peakMemoryMb(),
    peakGpuProcessMb: args.device === 'webgpu' || args.device === 'webgl' ? await studio.peakGpuProcessMb() : null,
  };
}

function resultOf(
  { summary, request, outcome, tasks, peakMemoryMb, peakGpuProcessMb }: Awaited<ReturnType<typeof measureTrial>>,
  story: StoryTimes | null,
  browser: MeasuringBrowser,
): BenchResult {
  const { read, kept, merged, netted, blank, rejected, reasons } = summary.report;
  const run = outcome.summary;
  const [taste, choice] = (['taste', 'choice'] as const).map((head) => run.heads.includes(head));
  return {
    rows: { read, kept, merged, netted, blank, rejected, reasons },
    feedback: summary.feedback,
    roles: summary.roles,
    users: summary.customers,
    items: summary.products,
    nnz: outcome.nnz,
    importMs: summary.importMs,
    fitMs: taste ? run.fitMs : null,
    choiceFitMs: choice ? run.choiceFitMs : null,
    epochs: run.epochs.map(({ head, epoch, seconds, trainLoss, validation, test }) => ({
      head,
      epoch,
      ms: seconds * 1000,
      trainLoss,
      validation,
      testRmse: head === 'taste' ? (test ?? null) : null,
      testRecall10: head === 'choice' ? (test ?? null) : null,
    })),
    rmse: run.rmse,
    mae: run.mae,
    baselineRmse: run.baselineRmse,
    recall10: choice ? run.recall10 : null,
    ndcg10: choice ? run.ndcg10 : null,
    popularityRecall10: run.popularityRecall10,
    popularityNdcg10: run.popularityNdcg10,
    device: run.device.kind,
    adapter: run.device.adapter,
    threads: run.device.threads,
    peakMemoryMb,
    peakGpuProcessMb,
    longestTaskMs: Math.max(tasks.import, tasks.trial, story?.longestTaskMs ?? 0),
    longTasks: { ...tasks, story: story?.longestTaskMs ?? null },
    dropToListMs: story?.listMs ?? null,
    story,
    intervalCoverage: outcome.intervalCoverage,
    top: outcome.top,
    unknownTestPairs: outcome.unknownTestPairs,
    testCustomers: run.testCustomers,
    settings: request.train,
    browser: browser.version,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? '',
  };
}

/** Throws BenchError with what the page, or the command line, got wrong. */
export async function measure(args: BenchArguments): Promise<BenchResult> {
  assertFiles([args.data, args.things, args.people, args.test]);
  const onGpu = args.device === 'webgpu' || args.device === 'webgl';
  const browser = await openBrowser({ outDir: args.outDir, gpu: onGpu ? args.gpu : null });
  try {
    const threads = args.threads === null ? '' : `&threads=${args.threads}`;
    const studio = await browser.openStudio(`device=${args.device}&story=off${threads}`);
    const measured = await measureTrial(studio, args);
    await studio.close();
    const story = args.skipStory ? null : await timeStory(browser, args, args.threads);
    return resultOf(measured, story, browser);
  } finally {
    await browser.close();
  }
}
