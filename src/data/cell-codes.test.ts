import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellCodes } from './cell-codes.ts';
import { ByteCells, ByteRows, type CellColumn, NumberCells, TextCells } from './cells.ts';

function byteCells(texts: readonly string[]): ByteCells {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(encoded.reduce((sum, { length }) => sum + length, 0));
  const spans = new Uint32Array(2 * texts.length);
  let at = 0;
  encoded.forEach((cell, row) => {
    bytes.set(cell, at);
    spans[2 * row] = at;
    at += cell.length;
    spans[2 * row + 1] = at;
  });
  return new ByteCells(new ByteRows(bytes, spans, 1), 0);
}

/** Numbers in order of first appearance, and the texts that were asked about. */
function codesOf(columns: readonly CellColumn[], lengths: readonly number[]): { codes: number[]; asked: string[] } {
  const asked: string[] = [];
  const known = new Map<string, number>();
  const cells = new CellCodes((cell) => {
    asked.push(cell);
    if (!known.has(cell)) known.set(cell, known.size);
    return known.get(cell) as number;
  });
  const codes = columns.flatMap((column, c) => {
    const rows = Uint32Array.from({ length: lengths[c] }, (_, row) => row);
    const out = new Int32Array(lengths[c]);
    cells.read(column, rows, lengths[c], out);
    return [...out];
  });
  return { codes, asked };
}

const cell = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.stringMatching(/^[ab]{0,9}$/),
  fc.integer().map(String),
  fc.constantFrom(
    '',
    '\0',
    '\0\0',
    'a\0',
    'exactly8',
    'exactly 9',
    'longer than eight bytes',
    'longer than eight byteS',
  ),
);

describe('CellCodes', () => {
  it('gives equal cells one number and different ones another, from bytes as from texts', () => {
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 300 }), (texts) => {
        const expected = texts.map((text) => [...new Set(texts)].indexOf(text));
        expect(codesOf([byteCells(texts)], [texts.length]).codes).toEqual(expected);
        expect(codesOf([new TextCells(texts)], [texts.length]).codes).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('asks once for each distinct cell, however many there are', () => {
    const texts = Array.from({ length: 50_000 }, (_, at) =>
      at % 3 === 0 ? `a much longer id ${at % 7001}` : `${at % 9973}`,
    );
    const { codes, asked } = codesOf([byteCells(texts), byteCells(texts)], [texts.length, texts.length]);
    const places = new Map([...new Set(texts)].map((text, at) => [text, at]));
    expect(asked).toEqual([...places.keys()]);
    expect(codes.slice(0, texts.length)).toEqual(texts.map((text) => places.get(text)));
    expect(codes.slice(texts.length)).toEqual(codes.slice(0, texts.length));
  });

  it('knows whole numbers by their value, negative and beyond 32 bits too', () => {
    const values = [1, 2, 1, -1, 2 ** 32 + 1, 2 ** 32 + 1, -(2 ** 40), 2 ** 53 - 1, -(2 ** 40), 0];
    const column = new NumberCells(values, String, true);
    const { codes, asked } = codesOf([column, new TextCells(['2', '1'])], [values.length, 2]);
    expect(codes).toEqual([0, 1, 0, 2, 3, 3, 4, 5, 4, 6, 1, 0]);
    expect(asked.slice(0, 7)).toEqual(['1', '2', '-1', '4294967297', '-1099511627776', '9007199254740991', '0']);
  });
});
