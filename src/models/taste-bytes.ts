import { MfPosteriorModel } from './mf-posterior-model.ts';
import { MfTasteModel } from './mf-taste-model.ts';
import { modelKind } from './model-bytes.ts';

/** A factorization of ratings from its bytes, whichever way it was fitted. Throws AppError `projectDamaged`. */
export function factorizationFromBytes(bytes: Uint8Array): MfTasteModel | MfPosteriorModel {
  return modelKind(bytes) === MfPosteriorModel.KIND ? MfPosteriorModel.fromBytes(bytes) : MfTasteModel.fromBytes(bytes);
}
