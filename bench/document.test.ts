import { describe, expect, it } from 'vitest';
import { hardwareIn, type Stored, table, typed, writeDocument } from './document.ts';
import { essentials } from './essentials.ts';
import { describeMachine } from './machine.ts';
import { median } from './median.ts';
import { atMost, middle, rowsOf } from './sections/figures.ts';
import type { Figures, Section } from './sections/section.ts';

const section: Section = {
  name: 'short',
  title: 'Short',
  note: 'A note.',
  commands: [{ id: 'fit', script: 'bench', args: '--data @a.zip', runs: 3 }],
  rows: (measured) =>
    rowsOf(measured, 'fit', (runs) => {
      const ms = middle(runs, 'fit.ms');
      return [
        { what: 'Fit', target: '≤ 5 ms', measured: `${ms} ms`, met: atMost(ms, 5) },
        { what: 'Beside', target: '', measured: 'something', met: null },
      ];
    }),
};

const withRuns = (...runs: Figures[]) => section.rows(new Map([['fit', runs]]));
const stored = (...runs: Figures[]): Stored => ({ machine: { date: '2026-01-01', cores: 2 }, commands: { fit: runs } });

describe('rows', () => {
  it('hold the middle run against the target', () => {
    expect(withRuns({ fit: { ms: 9 } }, { fit: { ms: 4 } }, { fit: { ms: 2 } })[0]).toMatchObject({
      measured: '4 ms',
      met: true,
    });
    expect(withRuns({ fit: { ms: 9 } }, { fit: { ms: 4 } }, { fit: { ms: 8 } })[0].met).toBe(false);
  });

  it('keep their promise where nothing was run, or the command is not understood yet', () => {
    const promise = { what: 'Fit', target: '≤ 5 ms', measured: 'Not measured yet', met: null };
    expect(section.rows(new Map())).toMatchObject([promise]);
    expect(withRuns({ error: { code: 'usage', message: '--model x' } })).toMatchObject([promise]);
  });

  it('say why something was skipped, and that something failed', () => {
    expect(withRuns({ skipped: 'too little memory' })).toMatchObject([
      { measured: 'Skipped: too little memory', met: null },
    ]);
    expect(withRuns({ fit: { ms: 1 } }, { error: { code: 'deviceLost', message: 'gone' } })).toMatchObject([
      { what: 'Fit', measured: 'failed: deviceLost gone', met: false },
    ]);
  });
});

describe('the document', () => {
  const write = (kept: Stored | null) =>
    writeDocument([section], { kind: 'results', stored: () => kept, pictures: 'results' });

  it('counts targets met, missed and open, and names the missed', () => {
    expect(write(stored({ fit: { ms: 4 } }))).toContain('1 of 1 measured targets are met.');
    const missed = write(stored({ fit: { ms: 6 } }));
    expect(missed).toContain('0 of 1 measured targets are met.');
    expect(missed).toContain('- Fit: 6 ms; target ≤ 5 ms');
    expect(write(null)).toContain('1 is not measured yet.');
  });

  it('shows what to type and how often it was run', () => {
    expect(write(stored({ fit: { ms: 4 } }, { fit: { ms: 4 } }))).toContain(
      'npm run bench -- --data ../shared/datasets/a.zip   # 2 runs',
    );
    expect(typed({ id: '', script: 'roofline', args: '' })).toBe('npx tsx bench/roofline.ts');
  });

  it('puts verdicts beside promises only, and keeps bars out of cells', () => {
    expect(table(withRuns({ fit: { ms: 4 } }))).toContain('| Fit | ≤ 5 ms | 4 ms | met |');
    expect(table([{ what: 'a|b', target: '', measured: 'c', met: null, from: '' }])).toContain('| a\\|b | c |');
  });

  it('says that nothing ran on a GPU unless an adapter that is hardware did', () => {
    const onGpu = (adapter: string) =>
      writeDocument([section], {
        kind: 'gpu',
        stored: () => stored({ fit: { ms: 4 }, adapter }),
        pictures: 'results-gpu',
      });
    expect(onGpu('google swiftshader')).toContain('Not measured on a GPU');
    expect(onGpu('nvidia hopper')).toContain('Measured on nvidia hopper.');
    expect([...hardwareIn([{ a: [{ adapter: 'ANGLE (SwiftShader driver)' }, { adapter: 'apple m3' }] }])]).toEqual([
      'apple m3',
    ]);
  });

  it('says when the machine had something else to do', () => {
    expect(describeMachine({ date: '2026-01-01', busyCores: 0.1 })).not.toContain('busy');
    expect(describeMachine({ date: '2026-01-01', busyCores: 1.6 })).toContain('1.6 cores were busy');
  });
});

describe('what is kept of a printed result', () => {
  it('is the median epoch of each head instead of all of them', () => {
    const epoch = (head: string, ms: number) => ({ head, ms });
    const printed = { rmse: 1, top: { a: ['b'] }, epochs: [3, 1, 2].map((ms) => epoch('taste', ms)) };
    expect(essentials(printed)).toEqual({ rmse: 1, epochs: { taste: 3, choice: 0 }, sweepMs: 2, choiceSweepMs: null });
    expect(essentials({ ratio: 2 })).toEqual({ ratio: 2 });
  });

  it('has a middle for even numbers too, and none for nothing', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });
});
