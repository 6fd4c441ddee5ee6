import { expect, it, vi } from 'vitest';
import type { Progress } from '../base/progress.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';

const nothing = () => undefined;
const signal = () => new AbortController().signal;
const file = (name: string, text: string) => ({ kind: 'file' as const, file: new File([text], name), path: name });

it('says which column was what, and counts what came in', async () => {
  const { importing, session } = openRooms();
  const steps: Progress[] = [];
  const proposal = await importing.inspect([file('shop/ratings.csv', ratingText())], nothing, signal());
  expect(proposal.plan.certain).toBe(true);
  expect(proposal.tables[0].preview.rows).toBe(12);
  const summary = await importing.load((progress) => steps.push(progress), signal());
  expect(summary.roles).toEqual({
    customer: ['shop/ratings.csv › user'],
    product: ['shop/ratings.csv › item'],
    rating: ['shop/ratings.csv › rating'],
    time: ['shop/ratings.csv › timestamp'],
  });
  expect([summary.customers, summary.products, summary.pairs]).toEqual([90, 45, ratingText().split('\n').length - 1]);
  expect(summary.name).toBe('shop/ratings.csv');
  const sorting = steps.filter(({ step }) => step === 'indexing');
  expect(sorting.map(({ done, total }) => done / (total ?? Number.NaN)).map((share) => share.toFixed(1))).toEqual([
    '0.0',
    '0.2',
    '0.5',
    '0.7',
    '1.0',
  ]);
  expect(steps.at(-1)).toBe(sorting.at(-1));
  expect(session.project.summary).toBe(summary);
});

it('reads as the person says: another role, another use, no header', async () => {
  const { importing } = openRooms();
  const { plan } = await importing.inspect([file('r.csv', ratingText())], nothing, signal());
  const [{ source }] = plan.tables;
  const without = await importing.reinspect({ source, column: 2, role: 'ignore' });
  expect(without.plan.feedback.feedback).toBe('implicit');
  expect((await importing.load(nothing, signal())).feedback).toBe('implicit');
  const headless = await importing.reinspect({ source, hasHeader: false });
  expect(headless.plan.tables[0].hasHeader).toBe(false);
  expect(headless.tables[0].preview.cells[0][0]).toBe('user');
  await expect(importing.reinspect({ source: 'elsewhere', column: 0, role: 'product' })).rejects.toThrow(RangeError);
});

it('an import that fails or is cancelled leaves the project that was there', async () => {
  const { importing, session, take } = openRooms();
  await take(ratingText());
  const before = session.project;
  await importing.inspect([file('one.csv', 'user,item,rating\nu,a,1\nu,b,2\nu,c,3\n')], nothing, signal());
  await expect(importing.load(nothing, signal())).rejects.toMatchObject({ code: 'oneCustomer' });
  await importing.inspect([file('two.csv', ratingText())], nothing, signal());
  await expect(importing.load(nothing, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  await expect(importing.inspect([], nothing, signal())).rejects.toMatchObject({ code: 'nothingDropped' });
  expect(session.project).toBe(before);
});

it('what a person has answered waits for the person, and the time that takes is not time spent reading', async () => {
  const { importing } = openRooms();
  const [, ...rows] = ratingText().trimEnd().split('\n');
  const two = `user,item,stars,score\n${rows.map((row, at) => `${row.split(',').slice(0, 3).join(',')},${1 + (at % 5)}`).join('\n')}\n`;
  const { plan } = await importing.inspect([file('two.csv', two)], nothing, signal());
  expect(plan).toMatchObject({ certain: false, questions: [{ code: 'ratingAmbiguous' }] });
  const [{ source }] = plan.questions;
  const answered = await importing.reinspect({ source, column: 2, role: 'rating' });
  expect(answered.plan).toMatchObject({ certain: false, questions: [] });
  const now = vi.spyOn(performance, 'now');
  const thought = performance.now() + 60_000;
  now.mockImplementation(() => thought);
  const summary = await importing.load(nothing, signal());
  now.mockRestore();
  expect(summary.importMs).toBe(0);
});

it('asks before it reads more than fits, and takes the customers the person allows', async () => {
  const { importing } = openRooms({ budgetMb: 200 });
  const inputs = [file('ratings.csv', ratingText())];
  const { plan } = await importing.inspect(inputs, nothing, signal());
  expect(plan).toMatchObject({
    certain: false,
    questions: [{ code: 'tooLarge', params: { budgetMb: 200, possible: 1 } }],
  });
  const [{ source, params }] = plan.questions;
  expect(params['rows']).toBe(ratingText().split('\n').length - 1);

  const answered = await importing.reinspect({ source, sample: 0.5 });
  expect(answered.plan).toMatchObject({ questions: [], sample: 0.5, certain: false });
  // Another change leaves the answer standing.
  expect((await importing.reinspect({ source, feedback: 'explicit' })).plan.sample).toBe(0.5);
  const part = await importing.load(nothing, signal());
  expect(part.customers).toBeGreaterThan(25);
  expect(part.customers).toBeLessThan(65);
  expect(part.report.setAside + part.report.kept).toBe(part.report.read);
  expect(part.report.warnings).toContainEqual({ code: 'sampled', params: { percent: 50 } });

  await importing.reinspect({ source, sample: 1 });
  const whole = await importing.load(nothing, signal());
  expect([whole.customers, whole.report.setAside]).toEqual([90, 0]);
});
