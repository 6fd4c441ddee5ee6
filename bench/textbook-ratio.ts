/**
 * How much faster one epoch is than the textbook's, in the same browser and on the same class of device:
 * `npx tsx bench/textbook-ratio.ts --data FILE --device webgpu|webgl|wasm|reference [--threads 1]`.
 *
 * The textbook runs on tfjs' webgpu, webgl or cpu backend: its wasm backend lacks the gradient of `gather`, so
 * wasm and reference are held against plain JavaScript. One step is timed after one that compiles its kernels
 * (none on cpu, where there is nothing to compile and a step takes a minute), and multiplied by the steps of an
 * epoch over the same number of ratings. Ours is the median sweep of a validated fit with as many factors.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { type BenchArguments, parseBenchArguments } from './arguments.ts';
import { openBrowser } from './browser.ts';
import { giveData } from './giving.ts';
import { median } from './median.ts';
import { TEXTBOOK_DEFAULTS, type TextbookBackend, type TextbookProblem } from './textbook.ts';

const SWEEPS = 8;

export interface TextbookRatio {
  readonly device: string;
  readonly adapter: string;
  readonly threads: number;
  readonly backend: TextbookBackend;
  readonly problem: TextbookProblem;
  readonly textbookStepMs: number;
  readonly textbookStepsPerEpoch: number;
  readonly textbookEpochMs: number;
  readonly epochMs: number;
  readonly ratio: number;
}

async function buildTextbookPage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'textbook-'));
  await build({
    root: fileURLToPath(new URL('./textbook-page', import.meta.url)),
    configFile: false,
    base: './',
    build: { outDir: folder, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 4000 },
    logLevel: 'error',
  });
  return folder;
}

async function compare(args: BenchArguments): Promise<TextbookRatio> {
  const { device } = args;
  const backend: TextbookBackend = device === 'webgpu' || device === 'webgl' ? device : 'cpu';
  const { factors } = TEXTBOOK_DEFAULTS;
  const folder = await buildTextbookPage();
  const browser = await openBrowser({ outDir: args.outDir, gpu: backend === 'cpu' ? null : args.gpu });
  try {
    const threads = args.threads === null ? '' : `&threads=${args.threads}`;
    const studio = await browser.openStudio(`device=${device}&story=off${threads}`);
    const { customers, products } = await giveData(studio.page, args);
    const { summary, nnz } = await studio.page.evaluate(
      ({ seed, settings }) =>
        window.tastemaker.engine().trial(
          {
            train: { model: 'mf', preset: 'balanced', settings, seed },
            heads: ['taste'],
            split: 'random',
            holdout: 0.1,
            minRating: null,
            test: null,
            testPerEpoch: false,
            strict: true,
          },
          () => undefined,
        ),
      { seed: args.seed, settings: { factors, epochs: SWEEPS, patience: SWEEPS } },
    );
    await studio.close();
    const epochMs = median(summary.epochs.map(({ seconds }) => seconds * 1000));
    const ratings = Math.round(nnz * (1 - args.holdout));
    const problem = { users: customers, items: products, ratings, ...TEXTBOOK_DEFAULTS };
    const page = await browser.openFolder(folder);
    await page.waitForFunction(() => 'timeTextbookStep' in window);
    const timing = await page.evaluate(
      ({ backend, problem }) => window.timeTextbookStep(backend, problem, { steps: 1, warmUp: backend !== 'cpu' }),
      { backend, problem },
    );
    return {
      device: summary.device.kind,
      adapter: summary.device.adapter,
      threads: summary.device.threads,
      backend,
      problem,
      textbookStepMs: timing.stepMs[0],
      textbookStepsPerEpoch: timing.stepsPerEpoch,
      textbookEpochMs: timing.epochMs,
      epochMs,
      ratio: timing.epochMs / epochMs,
    };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(JSON.stringify(await compare(parseBenchArguments(process.argv.slice(2)))));
