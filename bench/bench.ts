/**
 * The measuring instrument: `npm run bench -- --data FILE …` drives the production build in a real
 * headless Chromium through the same import path as a drop, fits once, and prints one JSON object as
 * its last output. Failures print `{"error": {code, message}}` and exit with 1.
 */
import { execSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename } from 'node:path';
import type { Role, TableUse } from '../src/data/plan.ts';
import { openTables } from '../src/data/read/open.ts';
import type { EpochEvent } from '../src/models/recommender.ts';
import type { TrialOutcome, TrialRequest } from '../src/worker/api.ts';
import { type BenchArguments, parseBenchArguments } from './arguments.ts';
import { openStudio, type Studio } from './browser.ts';

/** Given by the page's own error type, read back as text. */
interface PageError {
  readonly code: string;
  readonly message: string;
}

class BenchError extends Error {
  constructor(readonly detail: PageError) {
    super(detail.message);
  }
}

/** The columns customer, product, rating (first three) of a published test part, read by the product's own reader. */
async function readTestPart(path: string): Promise<NonNullable<TrialRequest['test']>> {
  const { tables } = await openTables([{ name: basename(path), blob: new Blob([readFileSync(path)]) }], {});
  const customers: string[] = [];
  const products: string[] = [];
  const values: number[] = [];
  for await (const { cells, rows } of tables[0].batches({})) {
    for (let row = 0; row < rows; row++) {
      customers.push(cells[0][row]);
      products.push(cells[1][row]);
      values.push(Number(cells[2]?.[row] ?? 1));
    }
  }
  return { customers, products, values };
}

/** Drops the files as a person would: one input event with all of them. */
async function dropFiles({ page }: Studio, paths: readonly string[]): Promise<void> {
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles([...paths]);
  await page.waitForFunction(
    () => {
      const { phase, error, summary } = window.tastemaker.project();
      return error !== null || phase === 'confirming' || (summary !== null && phase === 'idle');
    },
    undefined,
    { timeout: 300_000 },
  );
}

async function pageError({ page }: Studio): Promise<PageError | null> {
  return page.evaluate(() => {
    const error = window.tastemaker.project().error ?? window.tastemaker.training().error;
    return error && { code: error.code as string, message: error.message };
  });
}

/** Applies what the command line says about files and columns, then confirms. */
async function settleProposal({ page }: Studio, args: BenchArguments): Promise<void> {
  const uses: [string, TableUse][] = [];
  if (args.things) uses.push([basename(args.things), 'products']);
  if (args.people) uses.push([basename(args.people), 'customers']);
  const roles: [Role, number][] = [...args.roles];
  await page.evaluate(
    async ({ uses, roles }) => {
      const studio = window.tastemaker;
      if (studio.project().phase !== 'confirming') return;
      for (const [name, use] of uses) {
        const table = studio.project().proposal?.tables.find((candidate) => candidate.name === name);
        if (table) await studio.changeProposal({ source: table.source, use });
      }
      const log = studio.project().proposal?.plan.tables.find((table) => table.use === 'log');
      if (log) {
        for (const [role, column] of roles) await studio.changeProposal({ source: log.source, column, role });
      }
      await studio.confirmImport();
    },
    { uses, roles },
  );
}

async function measure(args: BenchArguments): Promise<Record<string, unknown>> {
  const gpu = args.device === 'webgpu' || args.device === 'webgl';
  const threads = args.threads === null ? '' : `&threads=${args.threads}`;
  const studio = await openStudio(`device=${args.device}&story=off${threads}`, { gpu });
  try {
    const { page } = studio;
    await page.evaluate(() => window.tastemaker.prepare());
    await studio.longestTaskMs();
    const files = [args.data, args.things, args.people].filter((path) => path !== null);
    await dropFiles(studio, files);
    const refused = await pageError(studio);
    if (refused) throw new BenchError(refused);
    await settleProposal(studio, args);
    const failed = await pageError(studio);
    if (failed) throw new BenchError(failed);

    const request: TrialRequest = {
      train: { model: args.model, preset: args.preset, settings: args.settings, seed: args.seed },
      heads: args.heads,
      split: args.split,
      holdout: args.holdout,
      minRating: args.minRating,
      test: args.test ? await readTestPart(args.test) : null,
      testPerEpoch: true,
    };
    const outcome = await page.evaluate(async (trial): Promise<TrialOutcome | PageError> => {
      try {
        return await window.tastemaker.engine().trial(trial, () => undefined);
      } catch (thrown) {
        const error = thrown as PageError;
        return { code: error.code ?? 'unexpected', message: error.message };
      }
    }, request);
    if ('code' in outcome) throw new BenchError(outcome);

    const dataset = await page.evaluate(() => {
      const { summary } = window.tastemaker.project();
      return summary && { summary, roles: summary.roles };
    });
    if (!dataset) throw new BenchError({ code: 'unexpected', message: 'The import ended without a summary.' });
    const { summary, roles } = dataset;
    const { report } = summary;
    const run = outcome.summary;
    return {
      rows: {
        read: report.read,
        kept: report.kept,
        merged: report.merged,
        netted: report.netted,
        blank: report.blank,
        rejected: report.rejected,
        reasons: report.reasons,
      },
      feedback: summary.feedback,
      roles,
      users: summary.customers,
      items: summary.products,
      nnz: outcome.nnz,
      importMs: summary.importMs,
      fitMs: run.fitMs,
      choiceFitMs: run.choiceFitMs,
      epochs: run.epochs.map((epoch: EpochEvent) => ({
        head: epoch.head,
        epoch: epoch.epoch,
        ms: epoch.seconds * 1000,
        trainLoss: epoch.trainLoss,
        validation: epoch.validation,
        testRmse: epoch.head === 'taste' ? (epoch.test ?? null) : null,
        testRecall10: epoch.head === 'choice' ? (epoch.test ?? null) : null,
      })),
      rmse: run.rmse,
      mae: run.mae,
      baselineRmse: run.baselineRmse,
      recall10: run.recall10,
      ndcg10: run.ndcg10,
      popularityRecall10: run.popularityRecall10,
      popularityNdcg10: run.popularityNdcg10,
      device: run.device.kind,
      adapter: run.device.adapter,
      threads: run.device.threads,
      peakMemoryMb: await studio.peakMemoryMb(),
      longestTaskMs: await studio.longestTaskMs(),
      top: outcome.top,
      unknownTestPairs: outcome.unknownTestPairs,
      settings: request.train,
      browser: studio.version,
      cores: cpus().length,
      processor: cpus()[0]?.model ?? '',
    };
  } finally {
    await studio.close();
  }
}

/** The built page, built now if it is not there. */
export function ensureBuild(): void {
  if (!existsSync('dist/index.html')) execSync('npm run --silent build', { stdio: ['ignore', 'ignore', 'inherit'] });
}

try {
  const args = parseBenchArguments(process.argv.slice(2));
  ensureBuild();
  const result = await measure(args);
  if (args.json) writeFileSync(args.json, `${JSON.stringify(result, null, 2)}\n`);
  console.log(JSON.stringify(result));
} catch (thrown) {
  const error =
    thrown instanceof BenchError
      ? thrown.detail
      : { code: 'unexpected', message: (thrown as Error).message ?? String(thrown) };
  console.log(JSON.stringify({ error }));
  process.exitCode = 1;
}
