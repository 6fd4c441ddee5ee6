/** Giving data to a page: as a drop where nothing is said about it, else with files and columns named. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Page } from 'playwright';
import type { Role, TableUse } from '../src/data/plan.ts';
import type { DatasetSummary } from '../src/worker/api/data.ts';
import type { BenchArguments } from './arguments.ts';

/** What the bench prints when it fails: the page's own error code, or one of its own. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

export class BenchError extends Error {
  readonly detail: Failure;

  constructor(code: string, message: string) {
    super(message);
    this.detail = { code, message };
  }
}

/** Importing the largest data sets takes seconds; this is for machines that are busy with something else. */
const PATIENCE_MS = 300_000;

export type Given = Pick<BenchArguments, 'data' | 'things' | 'people' | 'roles'>;

const pathsOf = ({ data, things, people }: Given) => [data, things, people].filter((path) => path !== null);

/** Throws BenchError `noFile` for the first path that leads nowhere. */
export function assertFiles(paths: readonly (string | null)[]): void {
  for (const path of paths)
    if (path !== null && !existsSync(path)) throw new BenchError('noFile', `${path}: no such file`);
}

/** Throws BenchError with the page's error, if it shows one. */
async function throwPageError(page: Page): Promise<void> {
  const failure = await page.evaluate(() => {
    const error = window.tastemaker.project().error ?? window.tastemaker.training().error;
    return error && { code: error.code as string, message: error.message };
  });
  if (failure) throw new BenchError(failure.code, failure.message);
}

/**
 * Gives the files and waits until the data is in. One input event with all of them, as a picker or a drop
 * makes it; a proposal that waits for a person is confirmed as it stands. Where files or columns are named
 * on the command line the engine is asked by hand, because a certain proposal would not wait to be changed.
 */
export async function giveData(page: Page, given: Given): Promise<DatasetSummary> {
  const byHand = given.things !== null || given.people !== null || given.roles.size > 0;
  if (byHand) await importByHand(page, given);
  else await dropFiles(page, pathsOf(given));
  await throwPageError(page);
  const summary = await page.evaluate(() => window.tastemaker.project().summary);
  if (!summary) throw new BenchError('unexpected', 'The import ended without data.');
  return summary;
}

async function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
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
    { timeout: PATIENCE_MS, polling: 50 },
  );
  await throwPageError(page);
  await page.evaluate(async () => {
    if (window.tastemaker.project().phase === 'confirming') await window.tastemaker.confirmImport();
  });
}

async function importByHand(page: Page, given: Given): Promise<void> {
  const uses: [string, TableUse][] = [];
  if (given.things) uses.push([basename(given.things), 'products']);
  if (given.people) uses.push([basename(given.people), 'customers']);
  const roles: [Role, number][] = [...given.roles];
  const input = await page.evaluateHandle(() => {
    const made = document.createElement('input');
    made.type = 'file';
    made.multiple = true;
    made.hidden = true;
    document.body.append(made);
    return made;
  });
  await input.setInputFiles(pathsOf(given));
  const failure = await page.evaluate(
    async ({ input, uses, roles }): Promise<Failure | null> => {
      const studio = window.tastemaker;
      const engine = studio.engine();
      const inputs = Array.from(input.files ?? [], (file) => ({ kind: 'file' as const, file, path: file.name }));
      try {
        let proposal = await engine.inspect(inputs, () => undefined, new AbortController().signal);
        for (const [file, use] of uses) {
          const own = proposal.tables.filter(({ source }) => source === file || source.startsWith(`${file}/`));
          const table = own[0] ?? proposal.tables.find(({ source }) => source.startsWith(file));
          if (!table) return { code: 'noTable', message: `${file} holds no table` };
          proposal = await engine.reinspect({ source: table.source, use });
        }
        const log = proposal.plan.tables.find(({ use }) => use === 'log');
        if (!log && roles.length > 0) return { code: 'noLogTable', message: 'No table to give these columns to.' };
        for (const [role, column] of roles) {
          if (!log || column >= log.columns.length) {
            return { code: 'noColumn', message: `${role}=${column}: the table has ${log?.columns.length} columns` };
          }
          await engine.reinspect({ source: log.source, column, role });
        }
        await studio.confirmImport();
        return null;
      } catch (thrown) {
        const error = thrown as Failure;
        return { code: error.code ?? 'unexpected', message: error.message };
      }
    },
    { input, uses, roles },
  );
  if (failure) throw new BenchError(failure.code, failure.message);
}
