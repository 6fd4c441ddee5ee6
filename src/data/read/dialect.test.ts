import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guessLayout } from './dialect.ts';
import { guessHeader } from './header.ts';

const layoutOf = (text: string) => guessLayout(new TextEncoder().encode(text), true);

describe('guessLayout', () => {
  const cases: [string, string, { separator: string; hasHeader: boolean; columns: number }][] = [
    ['MovieLens, two colons', '1::1193::5\n1::661::3\n', { separator: '::', hasHeader: false, columns: 3 }],
    [
      'films with commas, colons and bars',
      "1::Toy Story (1995)::Animation|Children's|Comedy\n2::City of Lost Children, The (1995)::Adventure|Sci-Fi\n3::2001: A Space Odyssey::Sci-Fi\n",
      { separator: '::', hasHeader: false, columns: 3 },
    ],
    ['spaces', '1 2 3.5\n1 4 2.0\n2 4 1\n', { separator: ' ', hasHeader: false, columns: 3 }],
    ['TAB with a header', 'userID\tartistID\tweight\n2\t51\t13883\n', { separator: '\t', hasHeader: true, columns: 3 }],
    [
      'semicolons and decimal commas',
      'Kunde;Artikel;Preis\n1;2;3,5\n1;3;4,5\n',
      { separator: ';', hasHeader: true, columns: 3 },
    ],
    [
      'quoted commas',
      'movieId,title,genres\n1,"American President, The (1995)",Comedy|Drama\n2,Heat,Action|Crime\n',
      { separator: ',', hasHeader: true, columns: 3 },
    ],
    ['bars', '1|24|M|technician|85711\n2|53|F|other|94043\n', { separator: '|', hasHeader: false, columns: 5 }],
    [
      'dates with spaces',
      'a1,b2,2011-01-02 08:26\na1,b3,2011-01-02 09:26\n',
      { separator: ',', hasHeader: false, columns: 3 },
    ],
    ['words under words', 'customer,product\nanna,tea\nben,milk\n', { separator: ',', hasHeader: true, columns: 2 }],
    ['words without names', 'anna,tea\nben,milk\n', { separator: ',', hasHeader: false, columns: 2 }],
    ['Chinese names', '用户,商品,评分\n甲,茶,5\n', { separator: ',', hasHeader: true, columns: 3 }],
    ['one column', 'id\n12\n13\n', { separator: ',', hasHeader: true, columns: 1 }],
    ['a spreadsheet directive', 'sep=;\nuser;item\n1;2\n', { separator: ';', hasHeader: true, columns: 2 }],
    [
      'remarks above',
      '# rated by us\n# in 2011\n1,2,3\n1,4,5\n2,2,2\n',
      { separator: ',', hasHeader: false, columns: 3 },
    ],
    ['blank lines above', '\n\n,,\nuser,item,rating\n1,2,3\n', { separator: ',', hasHeader: true, columns: 3 }],
  ];
  it.each(cases)('%s', (_, text, { separator, hasHeader, columns }) => {
    const layout = layoutOf(text);
    expect({
      separator: layout.dialect.separator,
      hasHeader: layout.dialect.hasHeader,
      columns: layout.columns,
    }).toEqual({
      separator,
      hasHeader,
      columns,
    });
  });

  it('names the column of row names that R leaves without one', () => {
    expect(layoutOf('"user","item"\n"1",17,23\n"2",17,24\n').names).toEqual(['', 'user', 'item']);
  });

  it('does not take a separator at the end of every line for a column', () => {
    expect(layoutOf('user,item\n1,2,\n3,4,\n').names).toEqual(['user', 'item']);
  });

  it('takes quotes for text where fields that begin with one do not end with one', () => {
    expect(layoutOf('id\tname\n1\t"Weird Al" Yankovic\n2\tABBA\n').dialect.quoted).toBe(false);
    expect(layoutOf('id\tname\n1\t"Yankovic"\n2\tABBA\n').dialect.quoted).toBe(true);
  });

  it('takes what the person says as given', () => {
    const bytes = new TextEncoder().encode('user,item;1\n3,4;5\n');
    const layout = guessLayout(bytes, true, { separator: ';', hasHeader: false, quoted: false });
    expect(layout.dialect).toEqual({ encoding: 'utf-8', separator: ';', quoted: false, hasHeader: false });
    expect(layout.names).toEqual(['', '']);
  });

  it('finds the separator of any table of ids and numbers', () => {
    const cell = fc.stringMatching(/^[a-z]{1,6}[0-9]{1,6}$/);
    fc.assert(
      fc.property(
        fc.constantFrom(',', ';', '\t', '|', '::', ' '),
        fc
          .integer({ min: 2, max: 6 })
          .chain((width) =>
            fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 20 }),
          ),
        (separator, rows) => {
          const layout = layoutOf(rows.map((row) => row.join(separator)).join('\n'));
          expect(layout.dialect.separator).toBe(separator);
          expect(layout.columns).toBe(rows[0].length);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('guessHeader', () => {
  it('is not fooled by ids that are words', () => {
    expect(
      guessHeader(
        ['U1', 'I7'],
        [
          ['U2', 'I3'],
          ['U3', 'I4'],
        ],
      ),
    ).toBe(false);
  });
  it('never takes numbers or dates for names', () => {
    expect(guessHeader(['user', '5'], [['anna', '4']])).toBe(false);
    expect(guessHeader(['rating', '2011-01-02'], [['a', '2011-01-03']])).toBe(false);
  });
  it('knows names a spreadsheet library makes up', () => {
    expect(guessHeader(['Unnamed: 0', 'userId', 'x'], [['0', '1', 'y']])).toBe(true);
  });
});
