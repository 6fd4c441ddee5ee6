/** The Markov chain of the posterior: one sweep after another, and the draws that are kept. */
import { createRandom } from '../base/random.ts';
import { nnz, type Pairs } from '../base/sparse.ts';
import type { BiasedFactors, ColumnPriors, SampledDescent } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import type { TrainedState } from './descent-fit.ts';
import { drawColumnPriors, drawNoisePrecision } from './hyperpriors.ts';
import type { PosteriorSample } from './mf-posterior-model.ts';

export interface ChainOptions {
  /** Sweeps in all, and before the first one that counts. */
  readonly epochs: number;
  readonly burnIn: number;
  readonly samples: number;
  readonly seed: number;
}

/** Precisions times this: the same means, and next to no noise around them. */
const CERTAIN = 1e12;

const SAMPLE_ARRAYS = ['userFactors', 'itemFactors', 'userBias', 'itemBias', 'userPrior'] as const;
const nameOf = (at: number, part: string) => `sample${at}.${part}`;

/** Whether sweep t (from 1) is one of the `samples` that lie evenly among those after the burn-in, the last one included. */
export function isKept(sweep: number, { epochs, burnIn, samples }: ChainOptions): boolean {
  const place = (t: number) => Math.floor((Math.max(0, t - burnIn) * samples) / (epochs - burnIn));
  return place(sweep) > place(sweep - 1);
}

/** The samples a state holds; before the first one is kept, the draw it stands at. */
export function samplesIn(state: TrainedState): readonly PosteriorSample[] {
  const samples: PosteriorSample[] = [];
  const names = (at: number) => SAMPLE_ARRAYS.map((part) => [part, state[nameOf(at, part)]] as const);
  while (state[nameOf(samples.length, 'noise')]) {
    const noiseVariance = state[nameOf(samples.length, 'noise')][0];
    samples.push({ ...(Object.fromEntries(names(samples.length)) as unknown as BiasedSample), noiseVariance });
  }
  if (samples.length > 0) return samples;
  const { userFactors, itemFactors, userBias, itemBias, userPrior, chain } = state;
  return [{ userFactors, itemFactors, userBias, itemBias, userPrior, noiseVariance: chain[NOISE] }];
}
type BiasedSample = Omit<PosteriorSample, 'noiseVariance'>;

/** What `chain` holds: sweeps so far, Σ e² after them, and 1/α of the last one. */
const SWEEP = 0;
const SQUARES = 1;
const NOISE = 2;

/** Owns nothing: the session on the device is its caller's. A chain continued from a state draws the same numbers. */
export class PosteriorChain {
  readonly #descent: SampledDescent;
  readonly #ratings: Ratings;
  readonly #options: ChainOptions;
  readonly #samples: PosteriorSample[] = [];
  #sweep = 0;
  /** Kept in 32 bits, as in a checkpoint: what is drawn from it must not depend on a break. */
  #squares: number;
  #noiseVariance = 0;
  #userPrior: Float32Array | null = null;

  constructor(
    descent: SampledDescent,
    ratings: Ratings,
    mean: number,
    options: ChainOptions,
    from: TrainedState | null,
  ) {
    this.#descent = descent;
    this.#ratings = ratings;
    this.#options = options;
    if (from) {
      this.#sweep = from['chain'][SWEEP];
      this.#squares = from['chain'][SQUARES];
      this.#noiseVariance = from['chain'][NOISE];
      this.#userPrior = from['userPrior'];
      if (from[nameOf(0, 'noise')]) this.#samples.push(...samplesIn(from));
    } else {
      this.#squares = Math.fround(ratings.byUser.values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
    }
  }

  /** One sweep over both sides: Σ e² over the training ratings after it. */
  async sweep(): Promise<number> {
    const { byUser, byItem } = this.#ratings;
    const sweep = ++this.#sweep;
    const random = createRandom(Math.imul(this.#options.seed, 0x9e3779b1) + sweep);
    const noise = drawNoisePrecision(this.#squares, nnz(byUser), random);
    const ofUsers = drawColumnPriors(await this.#descent.moments('user'), byUser.rows, random);
    await this.#descent.draw('user', ofUsers, noise, sweep);
    const ofItems = drawColumnPriors(await this.#descent.moments('item'), byItem.rows, random);
    const { squares } = await this.#descent.draw('item', ofItems, noise, sweep);
    this.#squares = Math.fround(squares);
    this.#noiseVariance = Math.fround(1 / noise);
    this.#userPrior = Float32Array.of(...ofUsers.means, ...ofUsers.precisions);
    if (isKept(sweep, this.#options)) this.#samples.push(await this.#keep(ofUsers, noise, sweep));
    return squares;
  }

  /** r̂ of the current draw, unclipped. */
  predict(pairs: Pick<Pairs, 'users' | 'items'>): Promise<Float32Array> {
    return this.#descent.predict(pairs);
  }

  /** The draw the chain stands at, and the kept ones by reference: cheap however many they are. */
  async state(): Promise<TrainedState> {
    const kept = this.#samples.flatMap((sample, at) => [
      ...SAMPLE_ARRAYS.map((part) => [nameOf(at, part), sample[part]] as const),
      [nameOf(at, 'noise'), Float32Array.of(sample.noiseVariance)] as const,
    ]);
    return {
      ...(await this.#descent.factors()),
      userPrior: this.#userPrior ?? new Float32Array(),
      chain: Float32Array.of(this.#sweep, this.#squares, this.#noiseVariance),
      ...Object.fromEntries(kept),
    };
  }

  /** The things as drawn, the customers at their mean given them (one step of every coordinate towards it is all but there). */
  async #keep(ofUsers: ColumnPriors, noise: number, sweep: number): Promise<PosteriorSample> {
    const drawn: BiasedFactors = await this.#descent.factors();
    const precisions = ofUsers.precisions.map((precision) => precision * CERTAIN);
    await this.#descent.draw('user', { means: ofUsers.means, precisions }, noise * CERTAIN, sweep);
    const { userFactors, userBias } = await this.#descent.factors();
    await this.#descent.restore(drawn);
    return {
      userFactors,
      userBias,
      itemFactors: drawn.itemFactors,
      itemBias: drawn.itemBias,
      userPrior: this.#userPrior as Float32Array,
      noiseVariance: this.#noiseVariance,
    };
  }
}
