/**
 * Rows of the stochastic solver lie by label, each with two columns for biases in front of its factors. These copy them
 * from and to the order of the rows, packed: `count` rows from row `first` on.
 */

/** bytes copied to `to`; whole vectors first. */
@inline
function copy(to: usize, from: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at));
  for (; at < bytes; at += 4) store<u32>(to + at, load<u32>(from + at));
}

/** Factors of rows first … first + count − 1 into `packed`, `bytes` a row. */
export function unloadRows(rows: usize, labels: usize, rowBytes: usize, first: u32, count: u32, packed: usize, bytes: usize): void {
  const end = labels + ((<usize>first + <usize>count) << 2);
  for (let label = labels + ((<usize>first) << 2); label < end; label += 4) {
    copy(packed, rows + <usize>load<u32>(label) * rowBytes + 8, bytes);
    packed += bytes;
  }
}

/** The reverse. */
export function loadRows(rows: usize, labels: usize, rowBytes: usize, first: u32, count: u32, packed: usize, bytes: usize): void {
  const end = labels + ((<usize>first + <usize>count) << 2);
  for (let label = labels + ((<usize>first) << 2); label < end; label += 4) {
    copy(rows + <usize>load<u32>(label) * rowBytes + 8, packed, bytes);
    packed += bytes;
  }
}
