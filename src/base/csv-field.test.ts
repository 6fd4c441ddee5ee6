import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, it } from 'vitest';
import { csvField } from './csv-field.ts';

it('comes back from an independent reader as it was, apart from the guard against formulas', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { data } = Papa.parse<string[]>(`a,${csvField(text)},b\r\n`, {
        header: false,
        delimiter: ',',
        newline: '\r\n',
      });
      expect([text, `'${text}`]).toContain(data[0][1]);
      expect(data[0][2]).toBe('b');
    }),
  );
});

it('never lets a spreadsheet run a formula', () => {
  for (const text of ['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\t=1', '\r=1']) expect(csvField(text)).toMatch(/^"'/);
});

it('leaves plain numbers alone, negative ones too', () => {
  expect(csvField('-4.5')).toBe('-4.5');
  expect(csvField('0120735')).toBe('0120735');
});
