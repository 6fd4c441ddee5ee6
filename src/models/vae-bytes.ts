/** A list autoencoder as bytes and back. */
import { AppError } from '../base/error.ts';
import { rowsOfOnes } from './chosen-pairs.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import { RankedCatalogue } from './ranked-catalogue.ts';
import { rowsToFloats } from './square-matrix.ts';
import type { VaeParts } from './vae-parts.ts';

const KIND = 'vae-choice/1';
const NUMBERS = ['catalogue', 'hidden', 'latent'] as const;
const NETWORK = ['encoder', 'encoderBias', 'middle', 'middleBias', 'products', 'productBias'] as const;
const ARRAYS = [...NETWORK, 'order', 'popularity', 'historyCounts', 'historyColumns'] as const;

export function packVae(parts: VaeParts): Uint8Array {
  const { catalogue, histories, hidden, latent } = parts;
  const own = rowsToFloats(histories);
  const network = Object.fromEntries(NETWORK.map((name) => [name, parts[name]]));
  return packModel({
    kind: KIND,
    numbers: { catalogue: catalogue.products, hidden, latent },
    arrays: { ...network, ...catalogue.toFloats(), historyCounts: own.counts, historyColumns: own.entries },
  });
}

/** Throws AppError `projectDamaged`. */
export function unpackVae(bytes: Uint8Array): VaeParts {
  const { numbers, arrays } = unpackModel(bytes, KIND, NUMBERS, ARRAYS, ({ numbers: n, arrays: a }) => {
    const { hidden, latent } = n;
    if (!Number.isInteger(hidden) || hidden < 1 || !Number.isInteger(latent) || latent < 0) return false;
    const columns = a.order.length;
    const code = latent > 0 ? latent : hidden;
    return (
      a.encoder.length === columns * hidden &&
      a.encoderBias.length === hidden &&
      a.middle.length === hidden * latent &&
      a.middleBias.length === latent &&
      a.products.length === columns * code &&
      a.productBias.length === columns
    );
  });
  const { hidden, latent } = numbers;
  const catalogue = RankedCatalogue.fromFloats(numbers.catalogue, arrays);
  const histories = catalogue && rowsOfOnes(arrays.historyCounts, arrays.historyColumns, catalogue.size);
  if (!catalogue || !histories) throw new AppError('projectDamaged');
  const { encoder, encoderBias, middle, middleBias, products, productBias } = arrays;
  const network = { encoder, encoderBias, middle, middleBias, products, productBias };
  return { catalogue, histories, hidden, latent, code: latent > 0 ? latent : hidden, ...network };
}
