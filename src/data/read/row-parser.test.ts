import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { ROW_SHAPE } from '../table.ts';
import { MAX_FIELD, MAX_QUOTED_LINES, RowParser, type RowParserOptions } from './row-parser.ts';
import { type Row, rowsOf } from './testing.ts';

const COMMA = { separator: ',', quoted: true, columns: 3 };

function parse(text: string, options: Partial<RowParserOptions> = {}, cuts: readonly number[] = []) {
  const parser = new RowParser({ ...COMMA, batchRows: 64, ...options });
  const rows: Row[] = [];
  let rest = new Uint8Array(0);
  let from = 0;
  for (const cut of [...cuts, text.length]) {
    const final = cut === text.length && from <= cut;
    const more = new TextEncoder().encode(text.slice(from, cut));
    const bytes = new Uint8Array(rest.length + more.length + 1);
    bytes.set(rest);
    bytes.set(more, rest.length);
    rest = bytes.slice(0, -1);
    from = cut;
    // As TextFeed promises: never between the CR and the LF of a line end.
    if (!final && rest.at(-1) === 13) continue;
    rest = rest.slice(parser.push({ bytes, length: rest.length }, final));
    rows.push(...rowsOf(parser.ready.splice(0)));
    if (final) break;
  }
  return rows;
}

const cellsOf = (text: string, options?: Partial<RowParserOptions>) => parse(text, options).map((row) => row.cells);
const shapesOf = (text: string, options?: Partial<RowParserOptions>) => parse(text, options).map((row) => row.shape);

describe('rows', () => {
  it('end at LF, CRLF and CR, with or without one at the end of the file', () => {
    const expected = [
      ['a', 'b', 'c'],
      ['1', '2', '3'],
    ];
    for (const end of ['\n', '\r\n', '\r']) {
      expect(cellsOf(`a,b,c${end}1,2,3`)).toEqual(expected);
      expect(cellsOf(`a,b,c${end}1,2,3${end}`)).toEqual(expected);
    }
  });

  it('keep the line they begin on, past quoted line ends and blank lines', () => {
    const rows = parse('a,"b\nb\r\nb",c\n\n1,2,3\n');
    expect(rows.map((row) => row.line)).toEqual([1, 4, 5]);
    expect(rows[0].cells).toEqual(['a', 'b\nb\r\nb', 'c']);
    expect(rows.map((row) => row.blank)).toEqual([false, true, false]);
  });

  it('of nothing but separators and white space are blank', () => {
    const rows = parse(',,\n  , ,\t\n"","",""\n \n,,,,\nx,,\n');
    expect(rows.map((row) => row.blank)).toEqual([true, true, true, true, true, false]);
    expect(rows[1].cells).toEqual(['', '', '']);
    expect(rows.every((row) => row.shape === ROW_SHAPE.ok)).toBe(true);
  });

  it('with too few or too many fields are flagged, empty surplus fields are not', () => {
    expect(shapesOf('1,2\n1,2,3,4\n1,2,3,,\n1,2,3\n')).toEqual([
      ROW_SHAPE.tooFewFields,
      ROW_SHAPE.tooManyFields,
      ROW_SHAPE.ok,
      ROW_SHAPE.ok,
    ]);
    expect(cellsOf('1,2\n1,2,3,4\n')).toEqual([
      ['1', '2', ''],
      ['1', '2', '3'],
    ]);
  });

  it('with a NUL are flagged, and the NUL does not hide in equal-looking ids', () => {
    const rows = parse('\0a,b,c\na,b,c\n');
    expect(rows.map((row) => row.shape)).toEqual([ROW_SHAPE.binary, ROW_SHAPE.ok]);
    expect(rows[1].cells).toEqual(['a', 'b', 'c']);
  });
});

describe('rows at the top that are no data', () => {
  it('are passed over, blank lines between them not counted, and keep their lines', () => {
    const rows = parse('# a remark\n\n"na""me",b,c\n1,2,3\n', { leaveOut: 2 });
    expect(rows.map(({ cells, line, blank }) => [cells.join(), line, blank])).toEqual([
      [',,', 2, true],
      ['1,2,3', 4, false],
    ]);
  });
});

describe('separators', () => {
  it('may be two colons, single ones being text', () => {
    expect(cellsOf('1::2001: A Space Odyssey::Sci-Fi\n', { separator: '::', quoted: false })).toEqual([
      ['1', '2001: A Space Odyssey', 'Sci-Fi'],
    ]);
  });

  it('may be runs of spaces, also at both ends of the line', () => {
    expect(cellsOf('  1   2 \t 3  \n4 5 6\n', { separator: ' ' })).toEqual([
      ['1', '2', '3'],
      ['4', '5', '6'],
    ]);
    expect(cellsOf('1 "two words" 3', { separator: ' ' })).toEqual([['1', 'two words', '3']]);
  });
});

describe('quotes', () => {
  it('go, doubled ones become one, spaces around them do not matter', () => {
    expect(cellsOf('"a,a", "say ""hi""" ,c\n')).toEqual([['a,a', 'say "hi"', 'c']]);
  });

  it('that belong to the text stay', () => {
    expect(cellsOf('1,"Weird Al" Yankovic,3\n2,5" ruler,3\n')).toEqual([
      ['1', '"Weird Al" Yankovic', '3'],
      ['2', '5" ruler', '3'],
    ]);
    expect(cellsOf('1,"he said "no" to me",3\n')).toEqual([['1', 'he said "no" to me', '3']]);
    expect(cellsOf('"a",b,c\n', { quoted: false })).toEqual([['"a"', 'b', 'c']]);
  });

  it('left open cost their own row only', () => {
    const rows = parse(`1,2,3\n4,"five,6\n${'7,8,9\n'.repeat(5000)}`);
    expect(rows).toHaveLength(5002);
    expect(rows.map((row) => row.shape).filter((shape) => shape !== ROW_SHAPE.ok)).toEqual([ROW_SHAPE.unclosedQuote]);
    expect(rows[1]).toMatchObject({ cells: ['4', '"five,6', ''], line: 2 });
    expect(rows[2]).toMatchObject({ cells: ['7', '8', '9'], line: 3 });
  });

  it('left open are found out by a later stray quote', () => {
    const rows = parse('"a,b,c\n"d","e","f"\n"g","h","i"\n');
    expect(rows.map((row) => row.shape)).toEqual([ROW_SHAPE.unclosedQuote, ROW_SHAPE.ok, ROW_SHAPE.ok]);
    expect(rows[1].cells).toEqual(['d', 'e', 'f']);
  });

  it('may hold as many lines as the limit says', () => {
    const lines = 'x\n'.repeat(MAX_QUOTED_LINES);
    expect(parse(`1,"${lines}",3\n`)).toHaveLength(1);
    expect(parse(`1,"${lines}\n",3\n`).length).toBeGreaterThan(MAX_QUOTED_LINES);
  });

  it('left open on every line do not take quadratic time', () => {
    // Each line opens a quote that nothing closes within the limit; reading ahead is paid from one budget.
    const rows = parse('1,2,"""x\n'.repeat(60_000));
    expect(rows).toHaveLength(60_000);
    expect(rows.every((row) => row.shape === ROW_SHAPE.unclosedQuote)).toBe(true);
  });
});

describe('long fields', () => {
  it('of a million characters are read', () => {
    const long = 'x'.repeat(1_000_000);
    expect(cellsOf(`1,${long},3\n`)).toEqual([['1', long, '3']]);
    expect(cellsOf(`1,"${long}",3\n`)).toEqual([['1', long, '3']]);
  });

  it('beyond the limit are flagged and cut, and the next row is read', () => {
    const long = 'x'.repeat(MAX_FIELD + 1);
    for (const field of [long, `"${long}"`]) {
      const rows = parse(`1,${field},3\n4,5,6\n`);
      expect(rows.map((row) => row.shape)).toEqual([ROW_SHAPE.fieldTooLong, ROW_SHAPE.ok]);
      expect(rows[0].cells[1].length).toBeLessThan(2000);
      expect(rows[1].cells).toEqual(['4', '5', '6']);
    }
  });

  it('without end do not pile up, whatever the pieces', () => {
    const text = `${'x'.repeat(5_000_000)}\n4,5,6\n`;
    const rows = parse(text, {}, [1_000_000, 2_500_000, 4_000_000]);
    expect(rows.map((row) => row.shape)).toEqual([ROW_SHAPE.fieldTooLong, ROW_SHAPE.ok]);
    expect(rows[1]).toMatchObject({ cells: ['4', '5', '6'], line: 2 });
  });
});

const dirtyText = fc
  .array(
    fc.constantFrom(
      'a',
      '12',
      '"',
      '""',
      ',',
      '\n',
      '\r\n',
      '\r',
      ' ',
      'é',
      '日本',
      '\0',
      'longer than eight',
      '0120735',
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

describe('properties', () => {
  it('the rows do not depend on how the text is cut into pieces', () => {
    fc.assert(
      fc.property(dirtyText, fc.array(fc.nat(200), { maxLength: 5 }), (text, places) => {
        const cuts = places.filter((place) => place < text.length).sort((a, b) => a - b);
        expect(parse(text, {}, cuts)).toEqual(parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('without quotes there are as many rows as lines', () => {
    fc.assert(
      fc.property(dirtyText, (text) => {
        const lines = text.split(/\r\n|\n|\r/);
        if (lines[lines.length - 1] === '') lines.pop();
        expect(parse(text, { quoted: false })).toHaveLength(lines.length);
      }),
      { numRuns: 300 },
    );
  });

  it('what papaparse writes and reads is read the same', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.stringMatching(/^[a-z",\n;| ]{0,20}$/),
      fc.stringMatching(/^[0-9]{1,10}$/),
    );
    const clean = cell.map((text) => text.replaceAll('\0', '').replaceAll('\r', ''));
    const rows = fc.array(fc.array(clean, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rows, fc.boolean(), fc.constantFrom(',', ';', '\t', '|'), (table, all, separator) => {
        const text = Papa.unparse(table, { quotes: all, delimiter: separator, newline: '\n' });
        const independent = Papa.parse<string[]>(text, { delimiter: separator, newline: '\n' }).data;
        expect(independent).toEqual(table);
        const ours = parse(`${text}\n`, { separator });
        const expected = table.map((row) => (row.every((value) => /^[ \t\n]*$/.test(value)) ? ['', '', ''] : row));
        expect(ours.map((row) => row.cells)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
