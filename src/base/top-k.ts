/**
 * The one top-K: keeps the `capacity` largest scores offered, in a binary min-heap. Ties go to the
 * lower index, so the answer does not depend on the order in which candidates are offered.
 * NaN is never kept.
 */
export class TopK {
  readonly #indices: Uint32Array;
  readonly #scores: Float64Array;
  #size = 0;

  constructor(readonly capacity: number) {
    if (!(capacity >= 0)) throw new RangeError(`TopK capacity ${capacity}`);
    this.#indices = new Uint32Array(capacity);
    this.#scores = new Float64Array(capacity);
  }

  /** The score a candidate has to beat; -Infinity until full. */
  get threshold(): number {
    return this.#size < this.capacity ? Number.NEGATIVE_INFINITY : (this.#scores[0] ?? Infinity);
  }

  offer(index: number, score: number): void {
    if (score !== score || this.capacity === 0) return;
    if (this.#size < this.capacity) {
      this.#siftUp(this.#size++, index, score);
    } else if (this.#isWorse(this.#scores[0], this.#indices[0], score, index)) {
      this.#siftDown(index, score);
    }
  }

  /** Best first; empties the heap, which may then be used again. */
  drain(): { indices: Uint32Array; scores: Float32Array } {
    const count = this.#size;
    const order = Array.from({ length: count }, (_, at) => at).sort(
      (x, y) => this.#scores[y] - this.#scores[x] || this.#indices[x] - this.#indices[y],
    );
    const indices = Uint32Array.from(order, (at) => this.#indices[at]);
    const scores = Float32Array.from(order, (at) => this.#scores[at]);
    this.#size = 0;
    return { indices, scores };
  }

  /** Hands everything kept to `visit`, in no particular order but always the same one; empties the heap like `drain`. */
  take(visit: (index: number, score: number) => void): void {
    const count = this.#size;
    this.#size = 0;
    for (let at = 0; at < count; at++) visit(this.#indices[at], this.#scores[at]);
  }

  #isWorse(score: number, index: number, otherScore: number, otherIndex: number): boolean {
    return score < otherScore || (score === otherScore && index > otherIndex);
  }

  #siftUp(from: number, index: number, score: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorse(score, index, this.#scores[parent], this.#indices[parent])) break;
      this.#scores[at] = this.#scores[parent];
      this.#indices[at] = this.#indices[parent];
      at = parent;
    }
    this.#scores[at] = score;
    this.#indices[at] = index;
  }

  #siftDown(index: number, score: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      const right = child + 1;
      if (
        right < this.#size &&
        this.#isWorse(this.#scores[right], this.#indices[right], this.#scores[child], this.#indices[child])
      ) {
        child = right;
      }
      if (!this.#isWorse(this.#scores[child], this.#indices[child], score, index)) break;
      this.#scores[at] = this.#scores[child];
      this.#indices[at] = this.#indices[child];
      at = child;
    }
    this.#scores[at] = score;
    this.#indices[at] = index;
  }
}
