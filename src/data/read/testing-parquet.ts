/**
 * The smallest writer of Parquet that the reader's tests need: uncompressed, PLAIN, one page per column
 * (parquet-format 2.10).
 */
import { BINARY, binary, I32, I64, integer, LIST, list, STRUCT, struct, utf8 } from './testing-thrift.ts';

export interface TestColumn {
  readonly name: string;
  readonly type: 'INT64' | 'UTF8' | 'FLOAT' | 'DATE';
  /** null is missing. */
  readonly values: readonly (bigint | string | number | null)[];
}

const PHYSICAL = { INT64: 2, UTF8: 6, FLOAT: 4, DATE: 1 } as const;
const CONVERTED = { INT64: null, UTF8: 0, FLOAT: null, DATE: 6 } as const;
const MAGIC = [0x50, 0x41, 0x52, 0x31];

function plain(type: TestColumn['type'], value: bigint | string | number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  if (type === 'INT64') view.setBigInt64(0, BigInt(value), true);
  else if (type === 'FLOAT') view.setFloat32(0, Number(value), true);
  else if (type === 'DATE') view.setInt32(0, Number(value), true);
  else view.setInt32(0, utf8(String(value)).length, true);
  const bytes = [...new Uint8Array(view.buffer, 0, type === 'INT64' ? 8 : 4)];
  return type === 'UTF8' ? [...bytes, ...utf8(String(value))] : bytes;
}

function page({ type, values }: TestColumn): number[] {
  // Definition levels: one run-length run per value, behind their length.
  const levels = values.flatMap((value) => [2, value === null ? 0 : 1]);
  const data = values.flatMap((value) => (value === null ? [] : plain(type, value)));
  const body = [levels.length & 0xff, levels.length >> 8, 0, 0, ...levels, ...data];
  const dataHeader = struct([
    [1, I32, integer(values.length)],
    [2, I32, integer(0)],
    [3, I32, integer(3)],
    [4, I32, integer(3)],
  ]);
  const header = struct([
    [1, I32, integer(0)],
    [2, I32, integer(body.length)],
    [3, I32, integer(body.length)],
    [5, STRUCT, dataHeader],
  ]);
  return [...header, ...body];
}

/** A file of the given row groups, all of the same columns (all optional). */
export function writeParquet(groups: readonly (readonly TestColumn[])[]): Uint8Array {
  const out = [...MAGIC];
  let total = 0;
  const rowGroups = groups.map((columns) => {
    const rows = columns[0].values.length;
    total += rows;
    const chunks = columns.map((column) => {
      const offset = out.length;
      const bytes = page(column);
      out.push(...bytes);
      const meta = struct([
        [1, I32, integer(PHYSICAL[column.type])],
        [2, LIST, list(I32, [integer(0), integer(3)])],
        [3, LIST, list(BINARY, [binary(column.name)])],
        [4, I32, integer(0)],
        [5, I64, integer(rows)],
        [6, I64, integer(bytes.length)],
        [7, I64, integer(bytes.length)],
        [9, I64, integer(offset)],
      ]);
      return struct([
        [2, I64, integer(offset)],
        [3, STRUCT, meta],
      ]);
    });
    return struct([
      [1, LIST, list(STRUCT, chunks)],
      [2, I64, integer(0)],
      [3, I64, integer(rows)],
    ]);
  });
  const root = struct([
    [4, BINARY, binary('schema')],
    [5, I32, integer(groups[0].length)],
  ]);
  const leaves = groups[0].map(({ name, type }) => {
    const converted = CONVERTED[type];
    return struct([
      [1, I32, integer(PHYSICAL[type])],
      [3, I32, integer(1)],
      [4, BINARY, binary(name)],
      converted === null ? null : [6, I32, integer(converted)],
    ]);
  });
  const footer = struct([
    [1, I32, integer(2)],
    [2, LIST, list(STRUCT, [root, ...leaves])],
    [3, I64, integer(total)],
    [4, LIST, list(STRUCT, rowGroups)],
  ]);
  const length = [footer.length & 0xff, (footer.length >> 8) & 0xff, footer.length >> 16, 0];
  return new Uint8Array([...out, ...footer, ...length, ...MAGIC]);
}
