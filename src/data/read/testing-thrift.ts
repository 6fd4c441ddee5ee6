/** Thrift's compact protocol, as far as the heads and the footer of a Parquet file need it. For tests and the bench. */
export const [I32, I64, BINARY, LIST, STRUCT] = [5, 6, 8, 9, 12] as const;

/** From this length on a list's length stands behind its first byte. */
const LONG_LIST = 15;

export type Field = readonly [id: number, type: number, bytes: readonly number[]];

function varint(value: bigint): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...out, Number(rest)];
}

export const integer = (value: number) => varint(BigInt(value) * 2n);
export const utf8 = (text: string) => [...new TextEncoder().encode(text)];
export const binary = (text: string) => [...varint(BigInt(utf8(text).length)), ...utf8(text)];
export const list = (type: number, items: readonly (readonly number[])[]) => [
  ...(items.length < LONG_LIST
    ? [(items.length << 4) | type]
    : [(LONG_LIST << 4) | type, ...varint(BigInt(items.length))]),
  ...items.flat(),
];

export function struct(fields: readonly (Field | null)[]): number[] {
  let last = 0;
  const out: number[] = [];
  for (const field of fields) {
    if (field === null) continue;
    out.push(((field[0] - last) << 4) | field[1], ...field[2]);
    last = field[0];
  }
  return [...out, 0];
}
