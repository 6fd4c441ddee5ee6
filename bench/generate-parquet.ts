/**
 * Made-up ratings as Parquet: row groups of a million rows, one uncompressed PLAIN page per column, nothing
 * missing (parquet-format 2.10). The layout of the public rating sets: 64-bit ids and seconds, 32-bit ratings.
 */
import { BINARY, binary, I32, I64, integer, LIST, list, STRUCT, struct } from '../src/data/read/testing-thrift.ts';
import type { RatingsChunk } from './generate-ratings.ts';

const GROUP_ROWS = 1_000_000;
const COLUMNS = [
  { name: 'userId', type: 'INT64' },
  { name: 'productId', type: 'INT64' },
  { name: 'rating', type: 'FLOAT' },
  { name: 'timestamp', type: 'INT64' },
] as const;
const PHYSICAL = { INT64: 2, FLOAT: 4 } as const;
const WIDTH = { INT64: 8, FLOAT: 4 } as const;
const REQUIRED = 0;
const PLAIN = 0;
const RLE = 3;
const DATA_PAGE = 0;
const UNCOMPRESSED = 0;
const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/** Writes chunks as they come; `end` closes the file. `put` takes the bytes in order. */
export class ParquetFile {
  readonly #put: (bytes: Uint8Array) => void;
  readonly #groupRows: number;
  readonly #views: readonly DataView<ArrayBuffer>[];
  readonly #groups: number[][] = [];
  #rows = 0;
  #total = 0;
  #offset = 0;

  constructor(put: (bytes: Uint8Array) => void, groupRows = GROUP_ROWS) {
    this.#groupRows = groupRows;
    this.#views = COLUMNS.map(({ type }) => new DataView(new ArrayBuffer(groupRows * WIDTH[type])));
    this.#put = put;
    this.#write(MAGIC);
  }

  add({ rows, customer, product, value, time }: RatingsChunk): void {
    const [customers, products, values, times] = this.#views;
    for (let row = 0; row < rows; row++) {
      const at = this.#rows;
      // Whole numbers below 2^32: the upper halves stay zero.
      customers.setUint32(8 * at, customer[row], true);
      products.setUint32(8 * at, product[row], true);
      values.setFloat32(4 * at, value[row], true);
      times.setUint32(8 * at, time[row], true);
      if (++this.#rows === this.#groupRows) this.#endGroup();
    }
  }

  end(): void {
    if (this.#rows > 0) this.#endGroup();
    const root = struct([
      [4, BINARY, binary('schema')],
      [5, I32, integer(COLUMNS.length)],
    ]);
    const leaves = COLUMNS.map(({ name, type }) =>
      struct([
        [1, I32, integer(PHYSICAL[type])],
        [3, I32, integer(REQUIRED)],
        [4, BINARY, binary(name)],
      ]),
    );
    const footer = struct([
      [1, I32, integer(2)],
      [2, LIST, list(STRUCT, [root, ...leaves])],
      [3, I64, integer(this.#total)],
      [4, LIST, list(STRUCT, this.#groups)],
    ]);
    this.#write(Uint8Array.from(footer));
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, footer.length, true);
    this.#write(length);
    this.#write(MAGIC);
  }

  #endGroup(): void {
    const rows = this.#rows;
    const chunks = COLUMNS.map(({ name, type }, column) => {
      const offset = this.#offset;
      const values = new Uint8Array(this.#views[column].buffer, 0, rows * WIDTH[type]);
      const head = struct([
        [1, I32, integer(rows)],
        [2, I32, integer(PLAIN)],
        [3, I32, integer(RLE)],
        [4, I32, integer(RLE)],
      ]);
      this.#write(
        Uint8Array.from(
          struct([
            [1, I32, integer(DATA_PAGE)],
            [2, I32, integer(values.length)],
            [3, I32, integer(values.length)],
            [5, STRUCT, head],
          ]),
        ),
      );
      this.#write(values);
      const size = this.#offset - offset;
      const meta = struct([
        [1, I32, integer(PHYSICAL[type])],
        [2, LIST, list(I32, [integer(PLAIN)])],
        [3, LIST, list(BINARY, [binary(name)])],
        [4, I32, integer(UNCOMPRESSED)],
        [5, I64, integer(rows)],
        [6, I64, integer(size)],
        [7, I64, integer(size)],
        [9, I64, integer(offset)],
      ]);
      return struct([
        [2, I64, integer(offset)],
        [3, STRUCT, meta],
      ]);
    });
    this.#groups.push(
      struct([
        [1, LIST, list(STRUCT, chunks)],
        [2, I64, integer(rows * COLUMNS.reduce((sum, { type }) => sum + WIDTH[type], 0))],
        [3, I64, integer(rows)],
      ]),
    );
    this.#total += rows;
    this.#rows = 0;
  }

  #write(bytes: Uint8Array): void {
    this.#put(bytes);
    this.#offset += bytes.length;
  }
}
