/** How the next comparison is set up; it stays while one looks at other pages. */
import { create } from 'zustand';
import { type AppError, isAbort, toAppError } from '../base/error.ts';
import type { SplitKind } from '../data/split.ts';
import type { TestFile } from '../worker/api/comparing.ts';
import type { ImportInput } from '../worker/api/data.ts';
import { engine } from './engine.ts';

export interface Setup {
  /** Ids of those who take part; null until somebody changed anything. */
  readonly chosen: ReadonlySet<string> | null;
  /** `file`: the person's own test part. */
  readonly held: SplitKind | 'file';
  readonly length: '5' | '10' | '20' | 'other';
  /** The other length as it was typed, right or wrong; it stays while a usual one is chosen. */
  readonly typedLength: string;
  /** Percent held back, of what is cut by a share. */
  readonly share: '5' | '10' | '20' | '30';
  /** Cuts of the data. */
  readonly repeats: '1' | '5' | '10';
  /** The sampled protocol of papers beside the full ranking. */
  readonly sampled: boolean;
}

interface SetupState {
  readonly setup: Setup;
  readonly testFile: TestFile | null;
  readonly reading: boolean;
  readonly error: AppError | null;
}

const NOTHING: SetupState = {
  setup: {
    chosen: null,
    held: 'per-customer',
    length: '10',
    typedLength: '',
    share: '10',
    repeats: '1',
    sampled: false,
  },
  testFile: null,
  reading: false,
  error: null,
};

export const useQualitySetup = create<SetupState>(() => NOTHING);

const set = useQualitySetup.setState;

export function changeSetup(setup: Setup): void {
  set({ setup });
}

let reading: AbortController | null = null;

/** Reads a test part of the person's own and chooses it; one that cannot be read leaves everything as it was. */
export async function chooseTestFile(inputs: readonly ImportInput[]): Promise<void> {
  reading?.abort();
  const mine = new AbortController();
  reading = mine;
  set({ reading: true, error: null });
  try {
    const testFile = await engine().readTestFile(inputs, () => undefined, mine.signal);
    if (reading === mine) set(({ setup }) => ({ testFile, setup: { ...setup, held: 'file' } }));
  } catch (thrown) {
    const error = toAppError(thrown);
    if (reading === mine) set({ error: isAbort(error) || error.code === 'engineDied' ? null : error });
  } finally {
    if (reading === mine) {
      reading = null;
      set({ reading: false });
    }
  }
}

export function dismissTestFileError(): void {
  set({ error: null });
}

export function forgetSetup(): void {
  reading?.abort();
  reading = null;
  set(NOTHING);
}
