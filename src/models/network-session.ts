/** What networks trained through TensorFlow.js have in common around their batches. */
import { type Tell, yieldToEvents } from '../base/progress.ts';
import { setUp, type TfjsRuntime } from '../compute/tfjs.ts';
import type { DescentSession, TrainedState } from './descent-fit.ts';
import type { FitContext } from './recommender.ts';

/** Time between turns of the event loop, ms: pause, stop and questions are answered this often, or after one batch. */
const TURN_MS = 40;

interface Network {
  state(): Promise<TrainedState>;
  restore(state: TrainedState): void;
  destroy(): void;
}

interface BatchedEpochs<Batch> {
  /** In their order, epochs from 1. */
  batches(epoch: number): Iterable<Batch>;
  /** One step; gives the share of the epoch that is done. */
  step(batch: Batch, epoch: number): Promise<number>;
  /** The training loss of what was stepped through since the last call. */
  loss(): Promise<number>;
}

/**
 * A session that goes through an epoch batch by batch and lets events in between them. Stopped in the middle of an epoch,
 * the whole epochs before are the model; in the first one, what there is. `make` sets the network up on the runtime,
 * which is handed back when the session ends, and where the network finds no room.
 */
export async function networkSession<Made extends Network, Batch>(
  runtime: TfjsRuntime,
  { gate, signal, resumeFrom }: FitContext,
  from: TrainedState | null,
  make: () => Made,
  epochsOf: (network: Made) => BatchedEpochs<Batch>,
): Promise<DescentSession> {
  const network = await setUp(runtime, () => {
    const made = make();
    if (from) made.restore(from);
    return made;
  });
  const { batches, step, loss } = epochsOf(network);
  let epoch = from ? (resumeFrom?.epoch ?? 0) : 0;

  const trainEpoch = async (tell: Tell): Promise<number | null> => {
    let turn = performance.now();
    for (const batch of batches(epoch)) {
      tell(await step(batch, epoch));
      if (performance.now() - turn >= TURN_MS) {
        await yieldToEvents();
        await gate?.();
        turn = performance.now();
      }
      if (!signal?.aborted) continue;
      if (epoch > 1) return null;
      break;
    }
    return loss();
  };

  return {
    async sweep(tell) {
      epoch++;
      try {
        return await trainEpoch(tell);
      } catch (thrown) {
        throw await runtime.reasonFor(thrown);
      }
    },
    state: () => runtime.guard(network.state()),
    destroy() {
      network.destroy();
      runtime.destroy();
    },
  };
}
