import { describe, expect, it } from 'vitest';
import { importTables } from './clean.ts';
import { hintOfName } from './header-words.ts';
import { memoryTable } from './memory-table.testing.ts';
import type { ImportPlan, Role } from './plan.ts';
import { proposePlan, reconsider, withFeedback, withRole } from './roles.ts';
import type { TableSource } from './table.ts';
import { wordsFor } from './words.ts';

/** A table from a header line ('' for none) and a row maker. */
function table(id: string, header: string, row: (i: number) => string, rows = 60): TableSource {
  const cells = Array.from({ length: rows }, (_, i) => row(i).split(','));
  return memoryTable({ id, names: header === '' ? cells[0].map(() => '') : header.split(','), rows: cells });
}

function rolesOf(plan: ImportPlan, id: string): Role[] {
  return plan.tables.find(({ source }) => source === id)?.columns.map(({ role }) => role) ?? [];
}

function usesOf(plan: ImportPlan): Record<string, string> {
  return Object.fromEntries(plan.tables.map(({ source, use }) => [source, use]));
}

describe('names of columns', () => {
  it.each<[string, Role | null]>([
    ['user_id', 'customer'],
    ['userID', 'customer'],
    ['CustomerID', 'customer'],
    ['visitorid', 'customer'],
    ['reviewerID', 'customer'],
    ['Customer Email', 'customer'],
    ['movieId', 'product'],
    ['StockCode', 'product'],
    ['asin', 'product'],
    ['ISBN', 'product'],
    ['Book-Rating', 'rating'],
    ['stars', 'rating'],
    ['review_score', 'rating'],
    ['Quantity', 'quantity'],
    ['playcount', 'quantity'],
    ['event_type', 'event'],
    ['timestamp', 'time'],
    ['InvoiceDate', 'time'],
    ['event_time', 'time'],
    ['InvoiceNo', 'order'],
    ['transactionid', 'order'],
    ['UnitPrice', 'price'],
    ['product_name', 'title'],
    ['Description', 'title'],
    ['genres', 'category'],
    ['product category', 'category'],
    ['Country', 'attribute'],
    ['customer_name', 'attribute'],
    ['original_publication_year', 'attribute'],
    ['image_url', 'ignore'],
    ['average_rating', 'ignore'],
    ['ratings_count', 'ignore'],
    ['用户编号', 'customer'],
    ['商品名称', 'title'],
    ['商品', 'product'],
    ['评分', 'rating'],
    ['购买数量', 'quantity'],
    ['下单时间', 'time'],
    ['单价', 'price'],
    ['订单号', 'order'],
    ['商品类别', 'category'],
    ['id', null],
    ['column 7', null],
  ])('%s: %s', (name, role) => {
    expect(hintOfName(name)?.role ?? null).toBe(role);
  });
});

describe('one table', () => {
  it.each<[string, string, (i: number) => string, Role[], string]>([
    [
      'ratings with a header',
      'userId,movieId,rating,timestamp',
      (i) => `${i % 7},${i % 11},${1 + (i % 5)},${964982703 + i}`,
      ['customer', 'product', 'rating', 'time'],
      'ratingScale',
    ],
    [
      'ratings without one',
      '',
      (i) => `${i % 7},${100 + (i % 11)},${1 + (i % 5)},${964982703 + i}`,
      ['customer', 'product', 'rating', 'time'],
      'ratingScale',
    ],
    [
      'small ids sorted',
      '',
      (i) => `${Math.floor(i / 9)},${i % 23},${1 + ((i * 7) % 5)}`,
      ['customer', 'product', 'rating'],
      'ratingScale',
    ],
    [
      'Chinese purchases',
      '订单号,客户,商品,数量,单价,日期',
      (i) => `A${i},k${i % 7},p${i % 5},${1 + (i % 3)},9.50,2024年3月${1 + (i % 28)}日`,
      ['order', 'customer', 'product', 'quantity', 'price', 'time'],
      'quantities',
    ],
    [
      'plays',
      'userID,artistID,weight',
      (i) => `${i % 7},${i % 11},${1 + i * i}`,
      ['customer', 'product', 'quantity'],
      'counts',
    ],
    [
      'events',
      'timestamp,visitorid,event,itemid',
      (i) => `${1433221332117 + i},${i % 20},${['view', 'addtocart'][i % 2]},${i % 9}`,
      ['time', 'customer', 'event', 'product'],
      'events',
    ],
    ['pairs', 'user,item', (i) => `a${i % 9},b${i % 11}`, ['customer', 'product'], 'pairsOnly'],
    [
      'a row number in front',
      ',user_id,book_id,rating',
      (i) => `${i},${i % 9},${i % 11},${1 + (i % 5)}`,
      ['ignore', 'customer', 'product', 'rating'],
      'ratingScale',
    ],
    [
      'a rating that counts',
      'user,item,rating',
      (i) => `${i % 9},${i % 11},${i * 37}`,
      ['customer', 'product', 'quantity'],
      'counts',
    ],
  ])('%s', (_, header, row, roles, reason) => {
    const plan = proposePlan([table('t', header, row)]);
    expect(rolesOf(plan, 't')).toEqual(roles);
    expect(plan.feedback.reason.code).toBe(reason);
    expect(plan.questions).toEqual([]);
    expect(plan.certain).toBe(true);
  });

  it('asks which of two columns is the rating, and is content with an answer', () => {
    const source = table(
      't',
      'user,item,rating,score',
      (i) => `a${i % 9},b${i % 11},${1 + (i % 5)},${1 + ((i * 7) % 5)}`,
    );
    const plan = proposePlan([source]);
    expect(plan.questions).toEqual([
      { code: 'ratingAmbiguous', source: 't', params: { first: 'rating', second: 'score' } },
    ]);
    expect(plan.certain).toBe(false);
    const answered = withRole(plan, [source], 't', 3, 'rating');
    expect(rolesOf(answered, 't')).toEqual(['customer', 'product', 'ignore', 'rating']);
    expect(answered.questions).toEqual([]);
    expect(answered.certain).toBe(true);
  });

  it('asks for a column that is missing', () => {
    const source = table('t', 'item,rating', (i) => `b${i % 11},${1 + (i % 5)}`);
    const plan = proposePlan([source]);
    expect(plan.questions).toEqual([{ code: 'columnMissing', source: 't', params: { role: 'customer' } }]);
    expect(proposePlan([table('t', 'item', (i) => `b${i}`)]).questions[0].code).toBe('noLogTable');
    expect(proposePlan([]).questions[0].code).toBe('noLogTable');
  });

  it('keeps what a person said and asks again where that leaves a gap', () => {
    const source = table('t', 'user,item,rating', (i) => `a${i % 9},b${i % 11},${1 + (i % 5)}`);
    const without = withRole(proposePlan([source]), [source], 't', 2, 'ignore');
    expect(without.feedback).toMatchObject({ feedback: 'implicit', reason: { code: 'pairsOnly' } });
    const insisted = withFeedback(without, [source], 'explicit');
    expect(insisted.questions).toEqual([{ code: 'columnMissing', source: 't', params: { role: 'rating' } }]);
    expect(reconsider(insisted, [source])).toEqual(insisted);
  });

  it('sees the order of day and month and the decimal comma', () => {
    const shop = (date: string, price: string) =>
      proposePlan([
        memoryTable({
          id: 't',
          names: ['user', 'item', 'date', 'price'],
          rows: Array.from({ length: 9 }, (_, i) => [`u${i % 3}`, `p${i % 4}`, i === 5 ? date : '3/4/2020', price]),
        }),
      ]);
    expect(shop('25/4/2020', '3,50')).toMatchObject({ dayFirst: true, decimalComma: true });
    expect(shop('4/25/2020', '1,003.50')).toMatchObject({ dayFirst: false, decimalComma: false, orderMatters: true });
  });

  it('says nothing of the order of day and month where no date depends on it', () => {
    const dated = (date: string) => proposePlan([table('t', 'user,item,date', (i) => `u${i % 3},p${i % 4},${date}`)]);
    expect(dated('2020-03-04 10:15').orderMatters).toBe(false);
    expect(dated('3/4/2020').orderMatters).toBe(true);
  });
});

describe('several tables', () => {
  const log = table(
    'a.zip › u.data',
    '',
    (i) => `${1 + (i % 30)},${1 + (i % 41)},${1 + (i % 5)},${881250949 + i}`,
    300,
  );
  const item = table(
    'a.zip › u.item',
    '',
    (i) => `${i + 1},The Film ${i} (19${10 + i}),01-Jan-1995,${i % 2},${i % 3 ? 0 : 1},${i % 5 ? 0 : 1}`,
    41,
  );
  const user = table('a.zip › u.user', '', (i) => `${i + 1},${20 + (i % 3)},${i % 2 ? 'M' : 'F'},${90000 + i}`, 30);
  const piece = (name: string) =>
    table(`a.zip › ${name}`, '', (i) => `${1 + (i % 30)},${1 + (i % 41)},${1 + (i % 5)},${881250949 + i}`, 200);

  it('finds the log among its published splits and what describes it', () => {
    const plan = proposePlan([item, piece('u1.base'), piece('u1.test'), log, user]);
    expect(usesOf(plan)).toEqual({
      'a.zip › u.item': 'products',
      'a.zip › u1.base': 'unused',
      'a.zip › u1.test': 'unused',
      'a.zip › u.data': 'log',
      'a.zip › u.user': 'customers',
    });
    expect(rolesOf(plan, 'a.zip › u.item')).toEqual(['product', 'title', 'ignore', 'category', 'category', 'category']);
    expect(rolesOf(plan, 'a.zip › u.user')).toEqual(['customer', 'attribute', 'attribute', 'ignore']);
    expect(plan.certain).toBe(true);
    expect(wordsFor('a.zip', [item, log, user], plan)).toEqual({ thing: 'film', person: 'viewer' });
  });

  it('puts a training and a test file together where there is no whole log', () => {
    const plan = proposePlan([piece('x.train.rating'), piece('x.test.rating'), piece('x.test.negative')]);
    expect(usesOf(plan)).toEqual({
      'a.zip › x.train.rating': 'log',
      'a.zip › x.test.rating': 'log',
      'a.zip › x.test.negative': 'unused',
    });
  });

  it('joins by the column whose ids the log has', () => {
    const ratings = table(
      'ratings.csv',
      'user_id,book_id,rating',
      (i) => `${i % 30},${1 + (i % 41)},${1 + (i % 5)}`,
      300,
    );
    const books = table(
      'books.csv',
      'work_id,book_id,title,authors,average_rating,image_url',
      (i) => `${1000 + i},${i + 1},Book number ${i},Author ${i % 9},4.1${i},http://x/${i}.jpg`,
      41,
    );
    const plan = proposePlan([books, ratings]);
    expect(rolesOf(plan, 'books.csv')).toEqual(['ignore', 'product', 'title', 'attribute', 'ignore', 'ignore']);
    expect(wordsFor('', [books, ratings], plan)).toEqual({ thing: 'book', person: 'reader' });
  });

  it('takes files of one shape together and does what the person says about a table', async () => {
    const year = (name: string, from: number) =>
      table(name, 'user,item,rating', (i) => `u${from + (i % 9)},i${i % 11},${1 + (i % 5)}`, 99);
    const [a, b] = [year('2023.csv', 0), year('2024.csv', 50)];
    const plan = proposePlan([a, b]);
    expect(usesOf(plan)).toEqual({ '2023.csv': 'log', '2024.csv': 'log' });
    expect((await importTables([a, b], plan)).report.read).toBe(198);
    const told = proposePlan([a, b], { '2024.csv': { use: 'unused' } });
    expect(usesOf(told)).toEqual({ '2023.csv': 'log', '2024.csv': 'unused' });
  });

  it('keeps a second file that does not join, and says so', async () => {
    const ratings = table('ratings.csv', 'user,item,rating', (i) => `u${i % 9},i${i % 11},${1 + (i % 5)}`);
    const things = table('items.csv', 'item,title', (i) => `x${i},Thing number ${i}`, 30);
    const plan = proposePlan([ratings, things]);
    expect(usesOf(plan)['items.csv']).toBe('products');
    const { report } = await importTables([ratings, things], plan);
    expect(report.warnings).toContainEqual({ code: 'joinNothing', params: { table: 'items.csv' } });
    expect(wordsFor('x.csv', [ratings, things], plan)).toEqual({ thing: 'product', person: 'customer' });
  });
});
