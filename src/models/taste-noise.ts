import { type Tell, yieldToEvents } from '../base/progress.ts';
import type { Csr } from '../base/sparse.ts';
import type { MfTasteModel } from './mf-taste-model.ts';
import type { FitContext } from './recommender.ts';

/** Pairs looked at for σ²: each costs an exact solve, and 1,000 fix a variance to about 5 %. */
const NOISE_SAMPLE = 1000;
/** Time between turns of the event loop, ms. */
const TURN_MS = 40;

/**
 * σ² = Σ e² / Σ (1 + leverage) over held-out ratings: what is left of the squared error once the
 * uncertainty of the customer's own solve is taken out. Without a validation part each sampled rating
 * of the training data is predicted from its customer's other ratings. `tell` learns the share that is done.
 */
export async function noiseVarianceOf(
  model: MfTasteModel,
  byUser: Csr,
  { validation }: Pick<FitContext, 'validation'>,
  tell?: Tell,
): Promise<number> {
  const held = validation && validation.users.length > 0;
  const count = held ? validation.users.length : byUser.indices.length;
  const step = Math.max(1, count / NOISE_SAMPLE);
  let squares = 0;
  let units = 0;
  let user = 0;
  let turn = performance.now();
  for (let at = 0; at < count; at += step) {
    const p = Math.floor(at);
    if (!held) while (byUser.pointers[user + 1] <= p) user++;
    const who = held ? validation.users[p] : user;
    const from = byUser.pointers[who];
    const to = byUser.pointers[who + 1];
    const history = held
      ? { items: byUser.indices.subarray(from, to), values: byUser.values.subarray(from, to) }
      : { items: without(byUser.indices, from, to, p), values: without(byUser.values, from, to, p) };
    const item = held ? validation.items[p] : byUser.indices[p];
    const value = held ? validation.values[p] : byUser.values[p];
    const { stars, leverage } = model.appraise(history, item);
    squares += (stars - value) ** 2;
    units += 1 + leverage;
    if (performance.now() - turn < TURN_MS) continue;
    tell?.(at / count);
    await yieldToEvents();
    turn = performance.now();
  }
  tell?.(1);
  return squares / units;
}

/** Entries from … to − 1 but one. */
function without<T extends Uint32Array | Float32Array>(values: T, from: number, to: number, left: number): T {
  const kept = values.slice(from, to - 1) as T;
  kept.set(values.subarray(left + 1, to), left - from);
  return kept;
}
