import { expect, test } from 'vitest';
import { keptBytes, MOST_MODEL_BYTES } from './saving.ts';

test('a model is kept as its bytes, unless they are too many', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  expect(keptBytes({ toBytes: () => bytes })).toBe(bytes);
  expect(keptBytes(null)).toBeNull();
  expect(keptBytes(undefined)).toBeNull();
  expect(keptBytes({ toBytes: () => new Uint8Array(MOST_MODEL_BYTES + 1) })).toBeNull();
});
