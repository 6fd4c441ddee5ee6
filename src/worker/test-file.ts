/** A test part of the person's own, read like any data that comes in but not put in its place. */
import { AppError } from '../base/error.ts';
import { type OnProgress, throttleProgress } from '../base/progress.ts';
import { pairsFromCsr } from '../base/sparse.ts';
import { importTables } from '../data/clean.ts';
import { toRatings } from '../data/ratings.ts';
import { openTables, openText } from '../data/read/open.ts';
import { proposePlan } from '../data/roles.ts';
import type { TestFile } from './api/comparing.ts';
import type { ImportInput } from './api/data.ts';
import type { TestPart } from './api/trials.ts';
import { publishedSplit } from './published-split.ts';
import type { Session } from './session.ts';

/**
 * Reads it, keeps it in the session and tells what was found. Throws what reading files throws; AppError `columnMissing`
 * (rating) where the data has ratings and the file has none; `nothingToTest` for one without a pair; `cancelled`.
 */
export async function readTestFile(
  session: Session,
  inputs: readonly ImportInput[],
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<TestFile> {
  const { project } = session;
  const blobs = inputs.flatMap((input) => (input.kind === 'file' ? [{ name: input.path, blob: input.file }] : []));
  const [text] = inputs.flatMap((input) => (input.kind === 'text' ? [input.text] : []));
  if (blobs.length === 0 && text === undefined) throw new AppError('nothingDropped');
  const report = throttleProgress(onProgress);
  const tables =
    text === undefined ? (await openTables(blobs, { onProgress: report, signal })).tables : [await openText(text)];
  const plan = proposePlan(tables);
  const { interactions } = await importTables(tables, plan, { onProgress: report, signal });
  const { feedback } = project.ratings;
  if (feedback === 'explicit' && interactions.value === null) throw new AppError('columnMissing', { role: 'rating' });
  const ratings = toRatings(interactions, { feedback, rule: project.ratings.rule });
  const { users, items, values } = pairsFromCsr(ratings.byUser);
  if (users.length === 0) throw new AppError('nothingToTest');
  const part: TestPart = {
    customers: Array.from(users, (user) => ratings.userIds[user]),
    products: Array.from(items, (item) => ratings.itemIds[item]),
    values: Array.from(values),
  };
  const { unknown, moved } = publishedSplit(project.ratings, part);
  // New data may have come in meanwhile, which this was not read for.
  if (!session.hasProject || session.project !== project) throw new AppError('cancelled');
  const file: TestFile = {
    id: crypto.randomUUID(),
    name: blobs[0]?.name ?? '',
    pairs: users.length,
    customers: new Set(users).size,
    inData: moved,
    unknown,
  };
  session.testFile = { file, part };
  return file;
}
