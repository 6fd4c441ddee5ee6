/**
 * The permutation `numpy.random.RandomState(seed).permutation(n)` gives, so that folds that other libraries publish
 * figures on can be made here: MT19937 (Matsumoto & Nishimura 1998) and numpy's legacy shuffle.
 */
const STATE_WORDS = 624;
const SHIFT = 397;

/** 32-bit words of MT19937, seeded as `init_genrand(seed)` does. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(STATE_WORDS);
  state[0] = seed;
  for (let i = 1; i < STATE_WORDS; i++) {
    const before = state[i - 1] ^ (state[i - 1] >>> 30);
    state[i] = Math.imul(1812433253, before) + i;
  }
  let at = STATE_WORDS;
  const twist = () => {
    for (let i = 0; i < STATE_WORDS; i++) {
      const mixed = (state[i] & 0x80000000) | (state[(i + 1) % STATE_WORDS] & 0x7fffffff);
      state[i] = state[(i + SHIFT) % STATE_WORDS] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    at = 0;
  };
  return () => {
    if (at === STATE_WORDS) twist();
    let word = state[at++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    word ^= word >>> 18;
    return word >>> 0;
  };
}

/** 0 … n − 1 in numpy's order: from the last place down, each swapped with one drawn by masked rejection. */
export function numpyPermutation(seed: number, n: number): Uint32Array {
  const next = mersenneTwister(seed);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const mask = 2 ** (32 - Math.clz32(i)) - 1;
    let j = (next() & mask) >>> 0;
    while (j > i) j = (next() & mask) >>> 0;
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** The `folds` test parts of `KFold(n_splits=folds, random_state=seed, shuffle=True)` as Surprise makes them. */
export function surpriseFolds(seed: number, n: number, folds: number): Uint32Array[] {
  const order = numpyPermutation(seed, n);
  let stop = 0;
  return Array.from({ length: folds }, (_, fold) => {
    const start = stop;
    stop += Math.floor(n / folds) + (fold < n % folds ? 1 : 0);
    return order.slice(start, stop);
  });
}
