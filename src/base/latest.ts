/**
 * `compute` with its latest answer kept: questions about one customer come in a row, and each needs the same solve.
 * Keys are compared by identity, so what a key holds must not change.
 */
export function keepLatest<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  let latest: { readonly key: Key; readonly value: Value } | null = null;
  return (key) => {
    if (latest?.key !== key) latest = { key, value: compute(key) };
    return latest.value;
  };
}
