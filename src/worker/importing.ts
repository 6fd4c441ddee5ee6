/** From what was dropped to the project: tables, proposal, cleaning, portrait. */
import { AppError } from '../base/error.ts';
import { type OnProgress, throttleProgress } from '../base/progress.ts';
import { importTables } from '../data/clean.ts';
import { columnName } from '../data/columns-of.ts';
import type { ImportPlan, ImportProposal, Role } from '../data/plan.ts';
import { portraitOf } from '../data/portrait.ts';
import { assertLearnable, toRatings } from '../data/ratings.ts';
import { openTables, openText, type SkippedFile } from '../data/read/open.ts';
import { proposePlan, reconsider, type Settings, withFeedback, withRole } from '../data/roles.ts';
import { memoryBudgetMb, withSizeQuestion } from '../data/size.ts';
import type { TableSource } from '../data/table.ts';
import { actionFor, wordsFor } from '../data/words.ts';
import type { DatasetSummary, ImportInput, ProposalChange, SampleName } from './api/data.ts';
import type { Session } from './session.ts';

/** Rows of a preview the page shows. */
const SHOWN_ROWS = 12;

const SAMPLES: Readonly<Record<SampleName, readonly string[]>> = {
  'gift-shop': ['gift-shop/online-retail.csv.gz'],
  books: ['books/ratings.csv.gz', 'books/books.csv.gz'],
};

async function fetchSample(sample: SampleName): Promise<{ name: string; blob: Blob }[]> {
  // The page's own address, wherever under it this script was put.
  const root = new URL('.', self.location.href.replace(/assets\/[^/]*$/, ''));
  return Promise.all(
    SAMPLES[sample].map(async (path) => {
      const response = await fetch(new URL(`samples/${path}`, root));
      if (!response.ok) throw new AppError('fileDamaged', { file: path, detail: `HTTP ${response.status}` });
      return { name: path.split('/').at(-1) as string, blob: await response.blob() };
    }),
  );
}

interface Opened {
  readonly name: string;
  readonly sample: SampleName | null;
  readonly tables: readonly TableSource[];
  readonly skipped: readonly SkippedFile[];
  readonly started: number;
}

export interface Importing {
  inspect(inputs: readonly ImportInput[], onProgress: OnProgress, signal: AbortSignal): Promise<ImportProposal>;
  reinspect(change: ProposalChange): Promise<ImportProposal>;
  load(onProgress: OnProgress, signal: AbortSignal): Promise<DatasetSummary>;
}

/** In gigabytes; only some browsers tell, and never more than 8. */
const deviceMemory = (globalThis.navigator as { deviceMemory?: number } | undefined)?.deviceMemory;

/**
 * `onDataIn` is called the moment bytes are at hand: from then on no request is made. A log that would take the tab
 * beyond `budgetMb` is asked about before it is read.
 */
export function createImporting(
  session: Session,
  onDataIn: () => void,
  budgetMb = memoryBudgetMb(deviceMemory),
): Importing {
  let opened: Opened | null = null;
  let plan: ImportPlan | null = null;
  let settings: Settings = {};

  const current = (): { opened: Opened; plan: ImportPlan } => {
    if (!opened || !plan) throw new AppError('nothingDropped');
    return { opened, plan };
  };

  function proposal(): ImportProposal {
    const now = current();
    return {
      plan: now.plan,
      skipped: now.opened.skipped,
      tables: now.opened.tables.map((table) => {
        const preview = settings[table.id]?.preview ?? table.preview;
        const rows = Math.min(SHOWN_ROWS, preview.rows);
        return {
          source: table.id,
          name: table.name,
          format: table.format,
          bytes: table.bytes,
          dialect: table.dialect,
          preview: { names: preview.names, cells: preview.cells.map((column) => column.slice(0, rows)), rows },
        };
      }),
    };
  }

  async function open(
    inputs: readonly ImportInput[],
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Omit<Opened, 'started'>> {
    const [first] = inputs;
    if (!first) throw new AppError('nothingDropped');
    if (first.kind === 'text') {
      onDataIn();
      return { name: '', sample: null, tables: [await openText(first.text)], skipped: [] };
    }
    const blobs =
      first.kind === 'sample'
        ? await fetchSample(first.sample)
        : inputs.flatMap((input) => (input.kind === 'file' ? [{ name: input.path, blob: input.file as Blob }] : []));
    onDataIn();
    const found = await openTables(blobs, { onProgress: throttleProgress(onProgress), signal });
    return { name: blobs[0].name, sample: first.kind === 'sample' ? first.sample : null, ...found };
  }

  return {
    async inspect(inputs, onProgress, signal) {
      const started = performance.now();
      const found = await open(inputs, onProgress, signal);
      opened = { ...found, started };
      settings = {};
      plan = proposePlan(found.tables);
      // The samples are known: pressing one asks nothing.
      if (found.sample) plan = { ...plan, certain: true };
      plan = withSizeQuestion(plan, found.tables, budgetMb);
      return proposal();
    },

    async reinspect({ source, hasHeader, use, column, role, feedback, sample }) {
      const now = current();
      const table = now.opened.tables.find((candidate) => candidate.id === source);
      if (!table) throw new RangeError(`no table ${source}`);
      if (hasHeader !== undefined || use !== undefined) {
        const before = settings[source] ?? {};
        const preview = hasHeader === undefined ? before.preview : await table.repreview({ hasHeader });
        settings = {
          ...settings,
          [source]: {
            ...before,
            ...(hasHeader === undefined ? {} : { hasHeader, preview }),
            ...(use === undefined ? {} : { use }),
          },
        };
        plan = proposePlan(now.opened.tables, settings);
      }
      if (column !== undefined && role !== undefined) {
        plan = withRole(current().plan, now.opened.tables, source, column, role, settings);
      }
      if (feedback !== undefined) plan = withFeedback(current().plan, now.opened.tables, feedback);
      const decided = sample ?? now.plan.sample;
      // What a person has decided waits for the person to start it.
      plan = { ...reconsider(current().plan, now.opened.tables, settings), certain: false };
      if (decided !== undefined) plan = { ...plan, sample: decided };
      plan = withSizeQuestion(plan, now.opened.tables, budgetMb);
      return proposal();
    },

    async load(onProgress, signal) {
      const { opened: from, plan: decided } = current();
      // The clock of `importMs` runs from the drop, not through the time a person takes to confirm.
      const asked = performance.now();
      const started = decided.certain && !Number.isNaN(from.started) ? from.started : asked;
      const report = throttleProgress(onProgress);
      const {
        interactions,
        report: cleaning,
        rejected,
      } = await importTables(from.tables, decided, { onProgress: report, signal });
      const rows = interactions.customer.length;
      const ratings = toRatings(interactions, {
        feedback: decided.feedback.feedback,
        onShare: (share) =>
          onProgress({ step: 'indexing', done: Math.floor(share * rows), total: rows, unit: 'rows', rows }),
      });
      onProgress({ step: 'indexing', done: rows, total: rows, unit: 'rows', rows });
      assertLearnable(ratings);
      const words = wordsFor(from.name, from.tables, decided);
      const summary: DatasetSummary = {
        ...portraitOf(interactions, ratings),
        ...words,
        action: actionFor(decided, words.thing),
        name: from.sample ?? from.name,
        report: cleaning,
        roles: rolesOf(decided, from.tables),
        importMs: performance.now() - started,
      };
      // Read again in another way, the clock starts with that press.
      opened = { ...from, started: Number.NaN };
      session.open({ interactions, ratings, rejected, plan: decided, summary });
      return summary;
    },
  };
}

/** `ratings.csv › user_id` by role, for the tables that are used. */
function rolesOf(plan: ImportPlan, tables: readonly TableSource[]): DatasetSummary['roles'] {
  const roles: Partial<Record<Role, string[]>> = {};
  for (const table of plan.tables) {
    const source = tables.find((candidate) => candidate.id === table.source);
    if (table.use === 'unused' || !source) continue;
    table.columns.forEach(({ role }, column) => {
      if (role === 'ignore') return;
      roles[role] ??= [];
      roles[role].push(`${source.name} › ${columnName(source.preview, column)}`);
    });
  }
  return roles;
}
