import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { ROW_SHAPE } from '../table.ts';
import { cellText, floatText } from './cell-text.ts';
import { openTables } from './open.ts';
import { readCells, readRows } from './testing.ts';
import { writeParquet } from './testing-parquet.ts';

const open = async (name: string, content: Uint8Array | string) =>
  (await openTables([{ name, blob: new Blob([content as Uint8Array<ArrayBuffer> | string]) }])).tables;

describe('cellText', () => {
  it('writes values as a text table would hold them', () => {
    expect([3.5, 1e21, true, null, undefined, 9007199254740993n].map(cellText)).toEqual([
      '3.5',
      '1e+21',
      'true',
      '',
      '',
      '9007199254740993',
    ]);
    expect(cellText(['Drama', 'Crime'])).toBe('Drama|Crime');
    expect(cellText(new Date(Date.UTC(2011, 0, 2)))).toBe('2011-01-02');
    expect(cellText(new Date(Date.UTC(2011, 0, 2, 8, 26)))).toBe('2011-01-02T08:26:00Z');
  });
  it('writes 32-bit floats as they were meant', () => {
    for (const text of ['3.6', '0.1', '4', '16777216', '1.1754944e-38', '-2.5']) {
      expect(floatText(Math.fround(Number(text)))).toBe(text);
    }
  });
});

describe('JSON', () => {
  const expected = [
    ['12345678901234567890', 'x', ''],
    ['7', '', '4.5'],
  ];
  it('array of objects: columns in order of appearance, digits kept', async () => {
    const [table] = await open('a.json', '[{"user": 12345678901234567890, "item": "x"}, {"user": 7, "rating": 4.50}]');
    expect(table.format).toBe('json');
    expect(table.preview.names).toEqual(['user', 'item', 'rating']);
    expect(await readCells(table)).toEqual(expected);
  });
  it('long digits inside text are left alone', async () => {
    const [table] = await open('a.json', '[{"note": "a \\" 1234567890123456789, b", "id": 1}]');
    expect(await readCells(table)).toEqual([['a " 1234567890123456789, b', '1']]);
  });
  it('an object holding the array, nested objects, lists', async () => {
    const [table] = await open('a.json', '{"count": 1, "data": [{"user": {"id": 5}, "genres": ["a", "b"]}]}');
    expect(table.preview.names).toEqual(['user.id', 'genres']);
    expect(await readCells(table)).toEqual([['5', 'a|b']]);
  });
  it('columns instead of rows, and rows without names', async () => {
    const [columns] = await open('a.json', '{"user": [1, 2], "item": ["x", "y"]}');
    expect(await readCells(columns)).toEqual([
      ['1', 'x'],
      ['2', 'y'],
    ]);
    const [arrays] = await open('a.json', '[["user","item"],[1,2],[3,4]]');
    expect(arrays.preview.names).toEqual(['user', 'item']);
    expect(await readCells(arrays)).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });
});

describe('JSON lines', () => {
  it('one object per line; what is none is flagged and kept apart', async () => {
    const good = '{"user": 12345678901234567890, "item": "é"}\n';
    const [table] = await open('a.jsonl', `${good}{"user": 2, "rating": 1}\n\nnot json\n${good.repeat(30_000)}`);
    expect(table.format).toBe('jsonl');
    expect(table.preview.names).toEqual(['user', 'item', 'rating']);
    const rows = await readRows(table);
    expect(rows).toHaveLength(30_004);
    expect(rows.slice(0, 5).map(({ line, shape, blank }) => ({ line, shape, blank }))).toEqual([
      { line: 1, shape: ROW_SHAPE.ok, blank: false },
      { line: 2, shape: ROW_SHAPE.ok, blank: false },
      { line: 3, shape: ROW_SHAPE.ok, blank: true },
      { line: 4, shape: ROW_SHAPE.tooFewFields, blank: false },
      { line: 5, shape: ROW_SHAPE.ok, blank: false },
    ]);
    expect(rows.at(-1)?.cells).toEqual(['12345678901234567890', 'é', '']);
  });
});

function workbook(sheets: Record<string, string>): Uint8Array {
  const names = Object.keys(sheets);
  const xml = (body: string) => strToU8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${body}`);
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packages = 'http://schemas.openxmlformats.org/package/2006/relationships';
  const files: Record<string, Uint8Array> = {
    'xl/workbook.xml': xml(
      `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${names
        .map((name, at) => `<sheet name="${name}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`)
        .join('')}</sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': xml(
      `<Relationships xmlns="${packages}">${names
        .map(
          (_, at) =>
            `<Relationship Id="rId${at + 1}" Type="${office}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`,
        )
        .join('')}<Relationship Id="rIdS" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    ),
    'xl/styles.xml': xml(
      `<styleSheet xmlns="${main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    ),
  };
  names.forEach((name, at) => {
    files[`xl/worksheets/sheet${at + 1}.xml`] = xml(
      `<worksheet xmlns="${main}"><sheetData>${sheets[name]}</sheetData></worksheet>`,
    );
  });
  return zipSync(files);
}

const text = (place: string, value: string) => `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`;
const number = (place: string, value: string, style = 0) => `<c r="${place}" s="${style}"><v>${value}</v></c>`;

describe('workbooks', () => {
  const log =
    `<row r="1">${text('A1', 'user')}${text('B1', 'rating')}${text('C1', 'when')}</row>` +
    `<row r="2">${text('A2', '0120735')}${number('B2', '4.4000000000000004')}${number('C2', '40513.351388888892', 1)}</row>` +
    `<row r="3">${number('A3', '123456789012')}${number('B3', '3')}</row>`;

  it('give ids, numbers and dates as text', async () => {
    const [table] = await open('shop.xlsx', workbook({ Sheet1: log }));
    expect(table).toMatchObject({ id: 'shop.xlsx', format: 'xlsx', dialect: null });
    expect(table.preview.names).toEqual(['user', 'rating', 'when']);
    expect(await readRows(table)).toMatchObject([
      { cells: ['0120735', '4.4', '2010-12-01T08:26:00Z'], line: 2 },
      { cells: ['123456789012', '3', ''], line: 3 },
    ]);
    expect((await table.repreview({ hasHeader: false })).rows).toBe(3);
  });

  it('give one table per sheet that holds anything', async () => {
    const tables = await open('shop.xlsx', workbook({ Log: log, Empty: '', More: log }));
    expect(tables.map((table) => [table.id, table.name])).toEqual([
      ['shop.xlsx › Log', 'Log'],
      ['shop.xlsx › More', 'More'],
    ]);
  });

  it('that are damaged or empty say so', async () => {
    await expect(open('a.xlsx', workbook({ Empty: '' }))).rejects.toMatchObject({ code: 'fileEmpty' });
    const broken = zipSync({ 'xl/workbook.xml': strToU8('<workbook') });
    await expect(open('a.xlsx', broken)).rejects.toMatchObject({ code: 'fileDamaged' });
  });
});

describe('Parquet', () => {
  const columns = [
    { name: 'user', type: 'INT64', values: [9007199254740993n, 2n, 3n] },
    { name: 'item', type: 'UTF8', values: ['0120735', 'é', null] },
    { name: 'rating', type: 'FLOAT', values: [3.6, 4.5, 0.1] },
    { name: 'day', type: 'DATE', values: [14945, 0, 1] },
  ] as const;

  it('keeps long integers, floats and missing values, over several row groups', async () => {
    const [table] = await open('log.parquet', writeParquet([columns, columns]));
    expect(table).toMatchObject({ format: 'parquet', id: 'log.parquet' });
    expect(table.preview.names).toEqual(['user', 'item', 'rating', 'day']);
    expect(table.preview.rows).toBe(6);
    const once = [
      ['9007199254740993', '0120735', '3.6', '2010-12-02'],
      ['2', 'é', '4.5', '1970-01-01'],
      ['3', '', '0.1', '1970-01-02'],
    ];
    const rows = await readRows(table);
    expect(rows.map((row) => row.cells)).toEqual([...once, ...once]);
    expect(rows.map((row) => row.line)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('without rows or with damaged bytes says so', async () => {
    const empty = columns.map((column) => ({ ...column, values: [] }));
    await expect(open('a.parquet', writeParquet([empty]))).rejects.toMatchObject({ code: 'fileOnlyHeader' });
    const bytes = writeParquet([columns]);
    bytes.fill(0xff, bytes.length - 60, bytes.length - 20);
    await expect(open('a.parquet', bytes)).rejects.toMatchObject({ code: 'fileDamaged' });
  });
});
