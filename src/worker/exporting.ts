/**
 * Top N for every customer as CSV: UTF-8 with a byte order mark (spreadsheets then read accents and
 * Chinese), RFC 4180 quoting, and safe against formulas.
 */

import { csvField } from '../base/csv-field.ts';
import { throwIfAborted } from '../base/error.ts';
import type { OnProgress } from '../base/progress.ts';
import { yieldToEvents } from '../base/progress.ts';
import { rowsBetween } from '../base/sparse.ts';
import { NOT_FOUND } from '../compute/device.ts';
import { labelOf } from '../data/label.ts';
import { rerankedForMany } from '../models/reranked-model.ts';
import type { ExportRequest } from './api/project.ts';
import { learnedBy } from './learned.ts';
import { type ListsForMany, withMostChosen } from './most-chosen.ts';
import { rerankerFor, weightsFor } from './reshaping.ts';
import type { Session } from './session.ts';

const BLOCK_CUSTOMERS = 512;

/** The lists as pieces of one file. Throws `notTrained`, `cancelled`. */
export async function exportLists(
  session: Session,
  { count, run: runId, rerank }: ExportRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Blob> {
  const { interactions, ratings } = session.project;
  const run = session.serving(runId);
  const learned = learnedBy(session.project, run.summary.request);
  const reranker = rerankerFor(session.project, learned, rerank);
  const model = withMostChosen(run.choice, learned);
  const listsFor: ListsForMany['topItemsForMany'] = reranker
    ? (...asked) => rerankedForMany(model, reranker, weightsFor(learned.ratings), ...asked)
    : model.topItemsForMany;
  const { customers, products } = interactions;
  const total = customers.ids.length;
  const stars = run.taste !== null;
  const header = ['customer', 'rank', 'product', 'title', 'score', ...(stars ? ['predicted_rating'] : [])];
  const pieces: string[] = [`\uFEFF${header.join(',')}\r\n`];

  for (let from = 0; from < total; from += BLOCK_CUSTOMERS) {
    throwIfAborted(signal);
    const users = Uint32Array.from({ length: Math.min(BLOCK_CUSTOMERS, total - from) }, (_, at) => from + at);
    const exclude = rowsBetween(ratings.byUser, from, from + users.length);
    const { indices, scores } = await listsFor(users, count, exclude);
    const found = (at: number) => indices[at] !== NOT_FOUND;
    const kept = Uint32Array.from(indices.keys()).filter(found);
    const predicted = run.taste
      ? await run.taste.predict(
          kept.map((at) => users[Math.floor(at / count)]),
          kept.map((at) => indices[at]),
        )
      : null;
    let piece = '';
    kept.forEach((at, position) => {
      const fields = [
        csvField(customers.ids[users[Math.floor(at / count)]]),
        String((at % count) + 1),
        csvField(products.ids[indices[at]]),
        csvField(labelOf(products, indices[at])),
        // A thing that is always included may be one the model knows nothing of.
        Number.isFinite(scores[at]) ? scores[at].toPrecision(5) : '',
        ...(predicted ? [predicted[position].toFixed(2)] : []),
      ];
      piece += `${fields.join(',')}\r\n`;
    });
    pieces.push(piece);
    onProgress({ step: 'exporting', done: from + users.length, total, unit: 'customers' });
    await yieldToEvents();
  }
  return new Blob(pieces, { type: 'text/csv;charset=utf-8' });
}
