/**
 * Problems on which a device is held against the reference device: ordinary, tiny, empty, very long
 * and degenerate ones. Used by the self-test at run time and by the tests of the devices; knows no
 * test framework. Everything is seeded.
 */
import { createRandom } from '../base/random.ts';
import { type Csr, pairsFromCsr } from '../base/sparse.ts';
import type { AutoencoderProblem } from './autoencoder.ts';
import { autoencoderDifference, autoencoderProblem } from './autoencoder-parity.ts';
import {
  type ComputeDevice,
  type DeviceKind,
  type ExplicitDescent,
  type ExplicitProblem,
  type ImplicitProblem,
  NOT_FOUND,
  type SampledProblem,
  type StochasticProblem,
  TOLERANCE,
  type TopKRequest,
} from './device.ts';
import { apart, apartInScale, worse } from './parity-difference.ts';
import {
  even,
  explicitProblem,
  implicitProblem,
  positiveDefinite,
  randomMatrix,
  type Shape,
  sampledProblem,
  stochasticProblem,
  topKRequest,
} from './parity-problems.ts';

export interface ParityCase {
  readonly name: string;
  /**
   * The worst difference from the reference, to be compared with `TOLERANCE.kernel`: relative to the
   * largest expected number of its array where that is above 1. Infinity for NaN and wrong keys.
   */
  difference(device: ComputeDevice, reference: ComputeDevice): Promise<number>;
}

type OptionalOperation = 'stochasticDescent' | 'sampledDescent';

/**
 * What a kind of device may be without: WebGL2 has no way to write two rows at once. Whatever else is missing counts as
 * infinitely wrong, so that no device loses an operation with every case passed.
 */
export const MAY_LACK: Readonly<Record<DeviceKind, readonly OptionalOperation[]>> = {
  webgpu: [],
  webgl: ['stochasticDescent'],
  wasm: [],
  reference: [],
};

/** The difference of a device without the operation. */
const without = ({ info }: ComputeDevice, operation: OptionalOperation) =>
  MAY_LACK[info.kind].includes(operation) ? 0 : Number.POSITIVE_INFINITY;

const SWEEPS = 2;

async function descentDifference(actual: ExplicitDescent, expected: ExplicitDescent, byUser: Csr) {
  try {
    let worst = 0;
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      worst = worse(worst, apart([(await actual.sweep()).loss], [(await expected.sweep()).loss]));
    }
    const [found, wanted] = [await actual.factors(), await expected.factors()];
    for (const part of ['userFactors', 'itemFactors', 'userBias', 'itemBias'] as const) {
      worst = worse(worst, apart(found[part], wanted[part]));
    }
    const pairs = pairsFromCsr(byUser);
    return worse(worst, apart(await actual.predict(pairs), await expected.predict(pairs)));
  } finally {
    actual.destroy();
    expected.destroy();
  }
}

/** Draws of both sides with priors that differ from column to column, and on the side of `rowMeans` from row to row. */
async function sampledDifference(device: ComputeDevice, reference: ComputeDevice, problem: SampledProblem) {
  if (!device.sampledDescent || !reference.sampledDescent) return without(device, 'sampledDescent');
  const [actual, expected] = [await device.sampledDescent(problem), await reference.sampledDescent(problem)];
  const random = createRandom(problem.seed);
  const columns = problem.factors + 1;
  let worst = 0;
  try {
    for (let sweep = 1; sweep <= SWEEPS; sweep++) {
      for (const side of ['user', 'item'] as const) {
        const own = side === problem.rowMeans ? (side === 'user' ? problem.byUser : problem.byItem) : null;
        const priors = {
          means: random.normals((own ? own.rows : 1) * columns, 0.1),
          precisions: Float32Array.from({ length: columns }, () => 2 + random.next()),
        };
        const [found, wanted] = [
          await actual.draw(side, priors, 1.5, sweep),
          await expected.draw(side, priors, 1.5, sweep),
        ];
        worst = worse(worst, apart([found.squares], [wanted.squares]));
        const [moments, exact] = [await actual.moments(side), await expected.moments(side)];
        worst = worse(worst, worse(apart(moments.sums, exact.sums), apart(moments.squares, exact.squares)));
      }
    }
    const [found, wanted] = [await actual.factors(), await expected.factors()];
    for (const part of ['userFactors', 'itemFactors', 'userBias', 'itemBias'] as const) {
      worst = worse(worst, apart(found[part], wanted[part]));
    }
    const pairs = pairsFromCsr(problem.byUser);
    return worse(worst, apart(await actual.predict(pairs), await expected.predict(pairs)));
  } finally {
    actual.destroy();
    expected.destroy();
  }
}

async function implicitDifference(device: ComputeDevice, reference: ComputeDevice, problem: ImplicitProblem) {
  const [actual, expected] = [await device.implicitDescent(problem), await reference.implicitDescent(problem)];
  try {
    let worst = 0;
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      worst = worse(worst, apart([(await actual.sweep()).loss], [(await expected.sweep()).loss]));
    }
    const [found, wanted] = [await actual.factors(), await expected.factors()];
    worst = worse(worst, apart(found.userFactors, wanted.userFactors));
    return worse(worst, apart(found.itemFactors, wanted.itemFactors));
  } finally {
    actual.destroy();
    expected.destroy();
  }
}

/**
 * Scores place by place. Another key than the expected one is right only where its own score differs
 * by rounding alone, where it is not excluded, and where it stands in no second place.
 */
async function topKDifference(device: ComputeDevice, reference: ComputeDevice, request: TopKRequest) {
  const { queries, keys, factors, keyBias, exclude, count } = request;
  const [actual, expected] = [await device.topK(request), await reference.topK(request)];
  if (actual.indices.length !== expected.indices.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let at = 0; at < expected.indices.length; at++) {
    const key = actual.indices[at];
    if (expected.indices[at] === NOT_FOUND || key === NOT_FOUND) {
      if (key !== expected.indices[at] || actual.scores[at] !== Number.NEGATIVE_INFINITY)
        return Number.POSITIVE_INFINITY;
      continue;
    }
    worst = worse(worst, apart([actual.scores[at]], [expected.scores[at]]));
    if (key === expected.indices[at]) continue;
    const query = Math.floor(at / count);
    let score = keyBias ? keyBias[key] : 0;
    for (let f = 0; f < factors; f++) score += queries[query * factors + f] * keys[key * factors + f];
    const excluded = exclude?.indices.subarray(exclude.pointers[query], exclude.pointers[query + 1]);
    const row = actual.indices.subarray(query * count, (query + 1) * count);
    if (excluded?.includes(key) || row.indexOf(key) !== row.lastIndexOf(key)) return Number.POSITIVE_INFINITY;
    worst = worse(worst, apart([score], [expected.scores[at]]));
  }
  return worst;
}

const explicitCase = (name: string, problem: () => ExplicitProblem): ParityCase => ({
  name: `explicit: ${name}`,
  async difference(device, reference) {
    const asked = problem();
    return descentDifference(await device.explicitDescent(asked), await reference.explicitDescent(asked), asked.byUser);
  },
});

const stochasticCase = (name: string, problem: () => StochasticProblem): ParityCase => ({
  name: `stochastic: ${name}`,
  async difference(device, reference) {
    const asked = problem();
    const [actual, expected] = [await device.stochasticDescent?.(asked), await reference.stochasticDescent?.(asked)];
    if (!actual || !expected) return without(device, 'stochasticDescent');
    return descentDifference(actual, expected, asked.byUser);
  },
});

const sampledCase = (name: string, problem: () => SampledProblem): ParityCase => ({
  name: `sampled: ${name}`,
  difference: (device, reference) => sampledDifference(device, reference, problem()),
});

const implicitCase = (name: string, problem: () => ImplicitProblem): ParityCase => ({
  name: `implicit: ${name}`,
  difference: (device, reference) => implicitDifference(device, reference, problem()),
});

/** In exact arithmetic a wrong key is a wrong answer, however close. */
const topKCase = (name: string, request: () => TopKRequest, exact = false): ParityCase => ({
  name: `top-k: ${name}`,
  async difference(device, reference) {
    const asked = request();
    const worst = await topKDifference(device, reference, asked);
    if (!exact || worst > TOLERANCE.kernel) return worst;
    const [actual, expected] = [await device.topK(asked), await reference.topK(asked)];
    return actual.indices.every((key, at) => key === expected.indices[at]) ? worst : Number.POSITIVE_INFINITY;
  },
});

const dotsCase = (m: number, n: number, factors: number): ParityCase => ({
  name: `dots: ${m} × ${n}, k = ${factors}`,
  async difference(device, reference) {
    const random = createRandom(m + n);
    const [a, b] = [random.normals(m * factors, 1), random.normals(n * factors, 1)];
    return apart(await device.dots(a, b, factors), await reference.dots(a, b, factors));
  },
});

const productsCase = (name: string, shape: Shape): ParityCase => ({
  name: `row products: ${name}`,
  async difference(device, reference) {
    const random = createRandom(shape.users + shape.items);
    const matrix = randomMatrix(shape, random, () => random.normal());
    return apart(await device.rowProducts({ matrix }), await reference.rowProducts({ matrix }));
  },
});

const autoencoderCase = (name: string, problem: () => AutoencoderProblem, epochs: number): ParityCase => ({
  name: `autoencoder: ${name}`,
  difference: (device, reference) => autoencoderDifference(device, reference, problem(), epochs),
});

const inverseCase = (size: number): ParityCase => ({
  name: `inverse: ${size} × ${size}`,
  async difference(device, reference) {
    const request = { matrix: positiveDefinite(size), size };
    return apartInScale(await device.invert(request), await reference.invert(request));
  },
});

/** A matrix of shape.items × columns that is held, times a sparse one of the shape. */
const heldCase = (name: string, shape: Shape, columns: number): ParityCase => ({
  name: `held matrix: ${name}, ${columns} ${columns === 1 ? 'column' : 'columns'}`,
  async difference(device, reference) {
    const random = createRandom(shape.users + shape.items + columns);
    const matrix = randomMatrix(shape, random, () => random.normal());
    const request = { data: random.normals(shape.items * columns, 1), columns };
    const [actual, expected] = [await device.holdMatrix(request), await reference.holdMatrix(request)];
    try {
      return apart(await actual.timesSparse(matrix), await expected.timesSparse(matrix));
    } finally {
      actual.destroy();
      expected.destroy();
    }
  },
});

const ordinary = even(50, 40, 12);
/** Row 0 has an entry with every item, every seventh row has none. */
const uneven: Shape = { users: 30, items: 5001, length: (u) => (u === 0 ? 5000 : u % 7 === 1 ? 0 : u + 3) };
const single = even(1, 1, 1);
/** Rows of every class a GPU sorts them into (`webgpu/workgroups.ts`), of several segments and of none. */
const LENGTHS = [600, 300, 100, 33, 32, 1, 0];
const everyLength: Shape = { users: LENGTHS.length, items: 601, length: (u) => LENGTHS[u] };

/** Its moments are not zero: a first step of Adam from zero is the sign of a gradient, and rounding may decide a sign. */
function begunAutoencoder(): AutoencoderProblem {
  const problem = autoencoderProblem({
    ...{ items: 20, users: 30, hidden: 8, batchSize: 8, learningRate: 0.1 },
    length: (item) => item % 10,
  });
  const { second } = problem.initial;
  for (const moments of [second.encoder, second.decoder, second.userBias, second.hiddenBias]) moments.fill(0.001);
  return problem;
}

/** A small problem of each operation: what the self-test asks of a device before it is trusted. */
export function smallCases(): ParityCase[] {
  return [
    explicitCase('k = 16', () => explicitProblem(ordinary, 16)),
    explicitCase('k = 5', () => explicitProblem(ordinary, 5)),
    stochasticCase('k = 10', () => stochasticProblem(ordinary, 10)),
    sampledCase('k = 10', () => ({ ...sampledProblem(ordinary, 10), rowMeans: 'item' })),
    implicitCase('k = 16', () => implicitProblem(ordinary, 16)),
    explicitCase('rows of every length, k = 6', () => explicitProblem(everyLength, 6)),
    sampledCase('rows of every length, k = 6', () => ({ ...sampledProblem(everyLength, 6), rowMeans: 'user' })),
    implicitCase('rows of every length, k = 6', () => implicitProblem(everyLength, 6)),
    autoencoderCase('one epoch', begunAutoencoder, 1),
    topKCase('some keys excluded', () => topKRequest(20, 120, 16, 10, false)),
    topKCase('ties', () => topKRequest(9, 60, 4, 12, true), true),
    dotsCase(13, 21, 16),
    productsCase('ordinary', ordinary),
    heldCase('ordinary', ordinary, 40),
    inverseCase(70),
  ];
}

/** A shape that a seed has drawn, with empty rows and one that has nearly every column; and how many factors. */
function drawnShape(seed: number): Shape & { readonly factors: number } {
  const random = createRandom(seed);
  const [users, items] = [1 + random.integer(80), 2 + random.integer(900)];
  const lengths = Uint32Array.from({ length: users }, () =>
    random.next() < 0.2 ? 0 : random.integer(Math.min(items, 40)),
  );
  lengths[random.integer(users)] = items - 1;
  return { users, items, factors: 1 + random.integer(40), length: (u) => lengths[u] };
}

/** Every operation on a shape that nobody has chosen. */
function drawnCases(seed: number): ParityCase[] {
  const shape = drawnShape(seed);
  const { users, items, factors, length } = shape;
  const name = `drawn from seed ${seed}: ${users} × ${items}, k = ${factors}`;
  const autoencoder = () =>
    autoencoderProblem({
      ...{ items: users, users: items, hidden: 4 * Math.ceil(factors / 4), batchSize: factors },
      length,
    });
  return [
    explicitCase(name, () => explicitProblem(shape, factors)),
    stochasticCase(name, () => stochasticProblem(shape, factors)),
    sampledCase(name, () => sampledProblem(shape, factors)),
    implicitCase(name, () => implicitProblem(shape, factors)),
    autoencoderCase(name, autoencoder, 2),
    topKCase(name, () => topKRequest(users, items, factors, 1 + (seed % 30), false)),
    dotsCase(users, items, factors),
    productsCase(name, shape),
    heldCase(name, shape, factors),
    inverseCase(users),
  ];
}

/** Everything a device is held against in the tests. */
export function parityCases(): ParityCase[] {
  const cases = smallCases();
  for (const factors of [1, 8, 16, 17, 32, 64]) {
    cases.push(
      explicitCase(`ordinary, k = ${factors}`, () => explicitProblem(ordinary, factors)),
      stochasticCase(`ordinary, k = ${factors}`, () => stochasticProblem(ordinary, factors)),
      sampledCase(`ordinary, k = ${factors}`, () => sampledProblem(ordinary, factors)),
      implicitCase(`ordinary, k = ${factors}`, () => implicitProblem(ordinary, factors)),
    );
  }
  for (const factors of [3, 20]) {
    cases.push(
      explicitCase(`one row of 5,000 and empty ones, k = ${factors}`, () => explicitProblem(uneven, factors)),
      stochasticCase(`one row of 5,000 and empty ones, k = ${factors}`, () => stochasticProblem(uneven, factors)),
      sampledCase(`one row of 5,000 and empty ones, k = ${factors}`, () => ({
        ...sampledProblem(uneven, factors),
        rowMeans: 'item',
      })),
      implicitCase(`one row of 5,000 and empty ones, k = ${factors}`, () => implicitProblem(uneven, factors)),
    );
  }
  return [
    ...cases,
    explicitCase('one customer, one product', () => explicitProblem(single, 3)),
    implicitCase('one customer, one product', () => implicitProblem(single, 3)),
    explicitCase('no rating at all', () => explicitProblem(even(3, 2, 0), 2)),
    stochasticCase('one customer, one product', () => stochasticProblem(single, 3)),
    stochasticCase('no rating at all', () => stochasticProblem(even(3, 2, 0), 2)),
    stochasticCase('nobody', () => stochasticProblem(even(0, 0, 0), 2)),
    sampledCase('one customer, one product', () => ({ ...sampledProblem(single, 3), rowMeans: 'item' })),
    sampledCase('no rating at all', () => sampledProblem(even(3, 2, 0), 2)),
    sampledCase('nobody', () => ({ ...sampledProblem(even(0, 0, 0), 2), rowMeans: 'item' })),
    sampledCase('all ratings equal', () => sampledProblem(ordinary, 8, () => 4)),
    implicitCase('no choice at all', () => implicitProblem(even(3, 2, 0), 2)),
    explicitCase('nobody', () => explicitProblem(even(0, 0, 0), 2)),
    explicitCase('all ratings equal', () => explicitProblem(ordinary, 8, () => 4)),
    explicitCase('no curvature', () => {
      const problem = explicitProblem(ordinary, 8);
      const none = { userFactors: new Float32Array(50 * 8), itemFactors: new Float32Array(40 * 8) };
      return {
        ...problem,
        userFactorReg: new Float32Array(50),
        itemFactorReg: new Float32Array(40),
        initial: { ...problem.initial, ...none },
      };
    }),
    topKCase('one query, one key', () => ({
      queries: Float32Array.of(2),
      keys: Float32Array.of(3),
      factors: 1,
      count: 1,
    })),
    topKCase('more places than keys', () => topKRequest(5, 7, 3, 9, true), true),
    topKCase('no places', () => topKRequest(5, 7, 3, 0, true)),
    topKCase('no queries', () => topKRequest(0, 7, 3, 2, true)),
    topKCase('many keys and ties', () => topKRequest(37, 1300, 3, 40, true), true),
    topKCase('k = 17, nothing excluded', () => {
      const { exclude: _, keyBias: __, ...request } = topKRequest(70, 600, 17, 10, false);
      return request;
    }),
    topKCase(
      'scores that cannot be ranked',
      () => ({
        queries: Float32Array.of(1, 1),
        keys: Float32Array.of(2, 1, Number.NaN, 4),
        keyBias: Float32Array.of(0, 0, 0, Number.NEGATIVE_INFINITY),
        factors: 1,
        count: 3,
      }),
      true,
    ),
    dotsCase(1, 1, 1),
    dotsCase(3, 70, 17),
    dotsCase(130, 600, 8),
    productsCase('one row, one column', single),
    productsCase('nobody', even(0, 0, 0)),
    productsCase('nothing there', even(3, 2, 0)),
    productsCase('one row of 5,000 and empty ones', uneven),
    productsCase('more columns than a block, no multiple of anything', even(43, 1301, 333)),
    heldCase('one row, one column', single, 1),
    heldCase('nobody', even(0, 0, 0), 3),
    heldCase('nothing there', even(3, 2, 0), 5),
    heldCase('one row of 5,000 and empty ones', uneven, 65),
    ...[1, 31, 32, 33, 64, 130].map((columns) => heldCase('more rows than a chunk', even(300, 70, 9), columns)),
    ...[0, 1, 2, 5, 8, 31, 32, 33, 63, 64, 65, 96, 97, 128, 130, 200].map(inverseCase),
    ...drawnCases(31),
    ...drawnCases(32),
  ];
}
