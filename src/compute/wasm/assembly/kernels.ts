/**
 * The module's exports. Every kernel works on memory the caller laid out: (address of its task, number
 * of the chunk, address of this thread's scratch). Nothing is allocated in here.
 */
export { autoencoderCodes, autoencoderItems, autoencoderUsers } from './autoencoder';
export { explicitRows, predictPairs } from './explicit';
export { heldRows } from './held';
export { gramRows, implicitRows } from './implicit';
export { mirrorRows, sweepPanels, sweepRows } from './inverse';
export { productRows } from './products';
export { sampledRows } from './sampled';
export { dotRows, topRows } from './scores';
export { loadRows, unloadRows } from './labelled';
export { countCells, placeEntries } from './sorting';
export { stochasticBlock, stochasticPairs } from './stochastic';
