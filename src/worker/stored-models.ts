/** Models back from the bytes they were kept as: which class stands behind which name. */
import type { ComputeDevice } from '../compute/device.ts';
import { AutoRecModel } from '../models/autorec-model.ts';
import { BprModel } from '../models/bpr-model.ts';
import { HybridModel } from '../models/hybrid-model.ts';
import { ItemWeightsModel } from '../models/item-weights-model.ts';
import { MarkovModel } from '../models/markov-model.ts';
import { MeansModel } from '../models/means-model.ts';
import { MfChoiceModel } from '../models/mf-choice-model.ts';
import { NeighboursTasteModel } from '../models/neighbours-taste-model.ts';
import { NeuMfChoiceModel } from '../models/neumf-choice.ts';
import { NeuMfTasteModel } from '../models/neumf-taste.ts';
import { PopularityModel } from '../models/popularity-model.ts';
import { RandomListsModel } from '../models/random-lists-model.ts';
import type { ChoiceModel, ModelName, TasteModel } from '../models/recommender.ts';
import { SlopeOneModel } from '../models/slope-one-model.ts';
import { SvdModel } from '../models/svd-model.ts';
import { factorizationFromBytes } from '../models/taste-bytes.ts';
import { TrendingModel } from '../models/trending-model.ts';
import { UserNeighboursModel } from '../models/user-neighbours-model.ts';
import { VaeModel } from '../models/vae-model.ts';

/** Throws AppError `projectDamaged`. */
export function tasteFromBytes(model: ModelName, bytes: Uint8Array): TasteModel {
  switch (model) {
    case 'neumf':
      return NeuMfTasteModel.fromBytes(bytes);
    case 'autorec':
      return AutoRecModel.fromBytes(bytes);
    case 'itemNeighbours':
    case 'userNeighbours':
      return NeighboursTasteModel.fromBytes(model, bytes);
    case 'slopeOne':
      return SlopeOneModel.fromBytes(bytes);
    case 'means':
      return MeansModel.fromBytes(bytes);
    // Beside models of lists stands a factorization.
    case 'mf':
    case 'vae':
    case 'hybrid':
    case 'ease':
    case 'svd':
    case 'bpr':
    case 'content':
    case 'markov':
    case 'trending':
    case 'popularity':
    case 'random':
      return factorizationFromBytes(bytes);
    default:
      return model satisfies never;
  }
}

/** Throws AppError `projectDamaged`. */
export function choiceFromBytes(model: ModelName, bytes: Uint8Array, device: ComputeDevice): ChoiceModel {
  switch (model) {
    case 'neumf':
      return NeuMfChoiceModel.fromBytes(bytes, device);
    case 'vae':
      return VaeModel.fromBytes(bytes, device);
    case 'hybrid':
      return HybridModel.fromBytes(bytes, device);
    case 'ease':
    case 'itemNeighbours':
    case 'content':
      return ItemWeightsModel.fromBytes(bytes, device);
    case 'svd':
      return SvdModel.fromBytes(bytes, device);
    case 'bpr':
      return BprModel.fromBytes(bytes, device);
    case 'userNeighbours':
      return UserNeighboursModel.fromBytes(bytes);
    case 'markov':
      return MarkovModel.fromBytes(bytes);
    case 'trending':
      return TrendingModel.fromBytes(bytes);
    case 'popularity':
      return PopularityModel.fromBytes(bytes);
    case 'random':
      return RandomListsModel.fromBytes(bytes);
    // Beside models of stars stands a factorization.
    case 'mf':
    case 'autorec':
    case 'slopeOne':
    case 'means':
      return MfChoiceModel.fromBytes(bytes, device);
    default:
      return model satisfies never;
  }
}
