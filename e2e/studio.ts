/** What every end-to-end test does: open the page, drop something, wait for the story. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, type Page } from '@playwright/test';
import type { ModelName } from '../src/models/recommender.ts';
import type { StudioConsole } from '../src/store/console.ts';

export const DATA_FOLDER = resolve(process.env['TASTEMAKER_DATA'] ?? '../shared/datasets');

export function hasData(): boolean {
  return existsSync(DATA_FOLDER);
}

export function dataFile(name: string): string {
  return resolve(DATA_FOLDER, name);
}

export interface TextFile {
  readonly name: string;
  readonly text: string | Buffer;
}

/** Opens the page and waits until the engine stands and all code is here. */
export async function openStudio(page: Page, query = ''): Promise<void> {
  await page.goto(query === '' ? './' : `./?${query}`);
  await page.evaluate(() => window.tastemaker.prepare());
}

/** Gives files to the page through its file input, as the picker would. */
export async function giveFiles(page: Page, files: readonly (TextFile | string)[]): Promise<void> {
  const input = page.locator('input[type=file]').first();
  if (files.every((file) => typeof file === 'string')) {
    await input.setInputFiles(files as string[]);
    return;
  }
  await input.setInputFiles(
    (files as TextFile[]).map(({ name, text }) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.isBuffer(text) ? text : Buffer.from(text, 'utf8'),
    })),
  );
}

/** Drops files on the window, as a hand would, at any step of the story. */
export async function dropFiles(page: Page, files: readonly TextFile[]): Promise<void> {
  const plain = files.map(({ name, text }) => ({
    name,
    base64: Buffer.from(text as string).toString('base64'),
  }));
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    for (const type of ['dragenter', 'dragover', 'drop']) {
      window.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  }, plain);
}

type Snapshot = {
  readonly phase: string;
  readonly error: string | null;
  readonly errorParams: Record<string, string | number> | null;
  readonly summary: ReturnType<StudioConsole['project']>['summary'];
  readonly runs: ReturnType<StudioConsole['training']>['runs'];
  readonly training: string | null;
  readonly waiting: number;
};

/** The state of the page in small values. */
export function snapshot(page: Page): Promise<Snapshot> {
  return page.evaluate(() => {
    const project = window.tastemaker.project();
    const training = window.tastemaker.training();
    const error = project.error ?? training.error;
    return {
      phase: project.phase,
      error: error?.code ?? null,
      errorParams: error ? { ...error.params } : null,
      summary: project.summary,
      runs: training.runs,
      training: training.live && training.live.phase !== 'done' ? training.live.phase : null,
      waiting: training.waiting.length,
    };
  });
}

/** Waits until the data is in (or refused). */
export async function waitForImport(page: Page, timeout = 60_000): Promise<Snapshot> {
  await expect
    .poll(
      async () => {
        const { phase, error, summary } = await snapshot(page);
        return error !== null || phase === 'confirming' || (phase === 'idle' && summary !== null);
      },
      { timeout },
    )
    .toBe(true);
  return snapshot(page);
}

/** Waits until `count` runs are done. */
export async function waitForRuns(page: Page, count: number, timeout = 90_000): Promise<Snapshot> {
  await expect
    .poll(
      async () => {
        const { runs, error } = await snapshot(page);
        return error === null ? runs.length : `error ${error}`;
      },
      { timeout },
    )
    .toBeGreaterThanOrEqual(count);
  return snapshot(page);
}

/** Drops small data and trains one model; gives the run. */
export async function trainOne(page: Page, model: ModelName, settings: Record<string, number> = {}) {
  const before = (await snapshot(page)).runs.length;
  // Not awaited in the page: a training may take longer than one evaluation is given.
  await page.evaluate(([name, changes]) => void window.tastemaker.train(name, 'quick', changes), [
    model,
    settings,
  ] as const);
  const { runs } = await waitForRuns(page, before + 1, 180_000);
  return runs[runs.length - 1];
}
