/** An item-weights model as bytes and back. Everything is float32, which holds whole numbers up to 2²⁴ exactly. */
import { AppError } from '../base/error.ts';
import { rowsOfOnes } from './chosen-pairs.ts';
import { denseWeights, type ItemWeights, type ItemWeightsParts, sparseWeights } from './item-weights.ts';
import { type ModelParts, modelKind, packedSize, packModel, unpackModel } from './model-bytes.ts';
import { RankedCatalogue } from './ranked-catalogue.ts';
import { rowsToFloats } from './square-matrix.ts';

/** EASE has a weight for every pair, neighbours for the nearest alone. */
const KINDS = {
  ease: 'ease-choice/1',
  itemNeighbours: 'item-neighbours-choice/1',
  content: 'content-choice/1',
} as const;
const NUMBERS = ['products'] as const;
const DENSE = ['order', 'popularity', 'historyCounts', 'historyColumns', 'weights'] as const;
const SPARSE = [...DENSE, 'weightCounts', 'weightColumns'] as const;

type Arrays = Readonly<Record<(typeof DENSE)[number], Float32Array>> &
  Readonly<Partial<Record<(typeof SPARSE)[number], Float32Array>>>;

export function packItemWeights(parts: ItemWeightsParts): Uint8Array {
  return packModel(packed(parts));
}

export function itemWeightsSize(parts: ItemWeightsParts): number {
  return packedSize(packed(parts));
}

function packed({ name, catalogue, weights, histories }: ItemWeightsParts): ModelParts {
  const { dense, sparse } = weights;
  const own = rowsToFloats(histories);
  const voting = sparse && rowsToFloats(sparse);
  return {
    kind: KINDS[name],
    numbers: { products: catalogue.products },
    arrays: {
      ...catalogue.toFloats(),
      historyCounts: own.counts,
      historyColumns: own.entries,
      ...(dense && { weights: dense }),
      ...(sparse && voting && { weights: sparse.values, weightCounts: voting.counts, weightColumns: voting.entries }),
    },
  };
}

/** Throws AppError `projectDamaged`. */
export function unpackItemWeights(bytes: Uint8Array): ItemWeightsParts {
  const kind = modelKind(bytes);
  const name = kind === KINDS.itemNeighbours ? 'itemNeighbours' : kind === KINDS.content ? 'content' : 'ease';
  const { numbers, arrays } = unpackModel(bytes, KINDS[name], NUMBERS, name === 'ease' ? DENSE : SPARSE, () => true);
  const catalogue = RankedCatalogue.fromFloats(numbers.products, arrays);
  const histories = catalogue && rowsOfOnes(arrays.historyCounts, arrays.historyColumns, catalogue.size);
  const weights = catalogue && weightsOf(arrays, catalogue.size);
  if (!histories || !weights) throw new AppError('projectDamaged');
  return { name, catalogue, histories, weights };
}

/** null where the arrays do not belong together. */
function weightsOf({ weights, weightCounts, weightColumns }: Arrays, size: number): ItemWeights | null {
  if (!weightCounts || !weightColumns) return weights.length === size * size ? denseWeights(weights, size) : null;
  const rows = rowsOfOnes(weightCounts, weightColumns, size);
  if (rows?.rows !== size || weights.length !== rows.indices.length) return null;
  return sparseWeights({ ...rows, values: weights });
}
