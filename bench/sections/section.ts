/** What a part of RESULTS.md is made of. */

/** One JSON object as a bench script prints it, cut down by `essentials`. */
export type Figures = Readonly<Record<string, unknown>>;

/** Scripts that know `--small`: the same work at a size that takes seconds, for a rehearsal. */
export const REHEARSABLE = ['kernels', 'roofline', 'large', 'reading'] as const;
/** Scripts that drive a browser of their own and know `--gpu`. */
export type Script =
  | 'bench'
  | 'textbook-ratio'
  | 'parity'
  | 'answers'
  | 'responsiveness'
  | 'quality'
  | (typeof REHEARSABLE)[number];

export interface Command {
  readonly id: string;
  readonly script: Script;
  /** Names of data files stand as `@name`. */
  readonly args: string;
  /** Once where nothing is said: errors do not change from run to run, times do. */
  readonly runs?: number;
  /** Run with `--gpu system` too, for RESULTS-GPU.md. */
  readonly onGpu?: boolean;
}

export interface Row {
  readonly what: string;
  /** '' where nothing was promised. */
  readonly target: string;
  readonly measured: string;
  /** null: nothing was promised, or not measured. */
  readonly met: boolean | null;
  /** Whose command the row came from. */
  readonly from: string;
}

/** The runs of a command, by its id. */
export type Measured = ReadonlyMap<string, readonly Figures[]>;

/** A picture beside the document. */
export interface Plot {
  /** File name without ending. */
  readonly name: string;
  /** What it shows, in words. */
  readonly alt: string;
  readonly svg: string;
}

/** A table with columns of its own. */
export interface Grid {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Section {
  readonly name: string;
  readonly title: string;
  readonly note: string;
  readonly commands: readonly Command[];
  rows(measured: Measured): Row[];
  /** Tables with other columns, behind the rows. */
  grids?(measured: Measured): Grid[];
  /** None where nothing has been measured. */
  plots?(measured: Measured): Plot[];
}
