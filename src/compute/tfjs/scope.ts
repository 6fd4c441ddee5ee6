/**
 * Tensors that are let go of whatever happens. The scopes of TensorFlow.js free what a throw leaves in them, but neither
 * what is kept nor what was saved for a gradient that is never taken; and nothing frees what is handed out of a scope to
 * work that throws after it. On a processor such tensors would stay for as long as the page does.
 */
import type { Tensor, TensorContainer } from '@tensorflow/tfjs-core';
import type { Tf } from './backend.ts';

/** What `make` gives, all tensors made on the way being its own to dispose of; where it throws, there are none left. */
export function allOrNothing<Made>(tf: Tf, make: () => Made): Made {
  const engine = tf.engine();
  engine.startScope('all or nothing');
  const made: readonly Tensor[] = engine.state.activeScope.track;
  try {
    const result = make();
    for (const tensor of made) tf.keep(tensor);
    return result;
  } catch (thrown) {
    for (const tensor of made) tensor.dispose();
    throw thrown;
  } finally {
    engine.endScope();
  }
}

/**
 * Lends the tensors that `make` gives to `use`, which may take its time, and disposes of them after it; what else `make`
 * makes is gone before. Rejects with what either throws, nothing being left behind.
 */
export async function lend<Lent extends TensorContainer>(
  tf: Tf,
  make: () => Lent,
  use: (lent: Lent) => Promise<void>,
): Promise<void> {
  const lent = tidy(tf, make);
  try {
    await use(lent);
  } finally {
    tf.dispose(lent);
  }
}

/** As `tf.tidy`; a gradient that was not finished takes with it what was saved for it. */
function tidy<Given extends TensorContainer>(tf: Tf, work: () => Given): Given {
  try {
    return tf.tidy(work);
  } catch (thrown) {
    const { state } = tf.engine();
    for (const { saved = [] } of state.activeTape ?? []) for (const tensor of saved) tensor.dispose();
    state.activeTape = [];
    throw thrown;
  }
}
