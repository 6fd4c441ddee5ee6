/**
 * Sweep times of the reference and the WASM device (one thread, Node) on the MovieLens 1M split, with
 * the test error after every sweep: npx tsx bench/kernel-speed.ts [factors] [sweeps]
 * Data: TASTEMAKER_DATA, default ../shared/datasets. Prints JSON last.
 */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createRandom } from '../src/base/random.ts';
import { type Csr, csrFromPairs, type Pairs, transpose } from '../src/base/sparse.ts';
import type { ComputeDevice, ExplicitProblem, ImplicitProblem } from '../src/compute/device.ts';
import { createReferenceDevice } from '../src/compute/reference/device.ts';
import { createWasmDevice } from '../src/compute/wasm/device.ts';

const DATA = process.env['TASTEMAKER_DATA'] ?? '../shared/datasets';
const SEED = 7;
/** λ₀ + λ₁·n for factors and for biases. */
const FACTOR_REG = [6, 0.04] as const;
const BIAS_REG = [2, 0.005] as const;
/** Implicit: reg 0.007·(n + w·N). */
const UNOBSERVED_WEIGHT = 0.3;
const IMPLICIT_REG = 0.007;
const INITIAL_DEVIATION = 0.1;

function readPairs(part: 'train' | 'test'): Pairs {
  const lines = gunzipSync(readFileSync(`${DATA}/ml-1m.9010.${part}.txt.gz`))
    .toString()
    .trim()
    .split('\n');
  const cells = lines.map((line) => line.split(' '));
  return {
    users: Uint32Array.from(cells, ([user]) => Number(user)),
    items: Uint32Array.from(cells, ([, item]) => Number(item)),
    values: Float32Array.from(cells, ([, , value]) => Number(value)),
  };
}

const largest = (rows: Uint32Array) => rows.reduce((most, row) => Math.max(most, row), 0);

function affine(matrix: Csr, [base, slope]: readonly [number, number]): Float32Array {
  return Float32Array.from(
    { length: matrix.rows },
    (_, r) => base + slope * (matrix.pointers[r + 1] - matrix.pointers[r]),
  );
}

async function explicitRun(device: ComputeDevice, problem: ExplicitProblem, test: Pairs, sweeps: number) {
  const begin = performance.now();
  const descent = await device.explicitDescent(problem);
  const setupMs = performance.now() - begin;
  const epochs = [];
  for (let sweep = 1; sweep <= sweeps; sweep++) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const { loss } = await descent.sweep();
    const ms = performance.now() - start;
    const cpuMs = process.cpuUsage(cpu).user / 1000;
    const predicted = await descent.predict(test);
    const squares = predicted.reduce(
      (sum, value, p) => sum + (test.values[p] - Math.min(5, Math.max(1, value))) ** 2,
      0,
    );
    const testRmse = Math.sqrt(squares / predicted.length);
    epochs.push({ sweep, ms, cpuMs, trainRmse: Math.sqrt(loss), testRmse });
    console.log(
      `${device.info.kind} ${sweep}: ${ms.toFixed(1)} ms (${cpuMs.toFixed(1)} cpu), test RMSE ${testRmse.toFixed(4)}`,
    );
  }
  descent.destroy();
  return {
    setupMs,
    bestMs: Math.min(...epochs.map(({ ms }) => ms)),
    bestCpuMs: Math.min(...epochs.map(({ cpuMs }) => cpuMs)),
    epochs,
  };
}

async function implicitRun(device: ComputeDevice, problem: ImplicitProblem, byUser: Csr, sweeps: number) {
  const descent = await device.implicitDescent(problem);
  let bestMs = Number.POSITIVE_INFINITY;
  let loss = 0;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const start = performance.now();
    loss = (await descent.sweep()).loss;
    bestMs = Math.min(bestMs, performance.now() - start);
  }
  const { userFactors: queries, itemFactors: keys } = await descent.factors();
  descent.destroy();
  const start = performance.now();
  await device.topK({ queries, keys, factors: problem.factors, exclude: byUser, count: 10 });
  return { bestMs, loss, topKMs: performance.now() - start };
}

async function main(factors: number, sweeps: number): Promise<void> {
  if (!existsSync(DATA)) throw new Error(`no data folder ${DATA}; set TASTEMAKER_DATA`);
  const [train, test] = [readPairs('train'), readPairs('test')];
  const users = Math.max(largest(train.users), largest(test.users)) + 1;
  const items = Math.max(largest(train.items), largest(test.items)) + 1;
  const byUser = csrFromPairs(train, users, items);
  const byItem = transpose(byUser);
  const random = createRandom(SEED);
  const draw = (rows: number) => random.normals(rows * factors, INITIAL_DEVIATION);
  const initial = { userFactors: draw(users), itemFactors: draw(items) };
  const explicit: ExplicitProblem = {
    byUser,
    byItem,
    mean: train.values.reduce((sum, value) => sum + value, 0) / train.values.length,
    factors,
    userFactorReg: affine(byUser, FACTOR_REG),
    userBiasReg: affine(byUser, BIAS_REG),
    itemFactorReg: affine(byItem, FACTOR_REG),
    itemBiasReg: affine(byItem, BIAS_REG),
    initial: { ...initial, userBias: new Float32Array(users), itemBias: new Float32Array(items) },
  };
  const ones = (matrix: Csr): Csr => ({ ...matrix, values: new Float32Array(matrix.values.length).fill(1) });
  const implicit: ImplicitProblem = {
    byUser: ones(byUser),
    byItem: ones(byItem),
    factors,
    unobservedWeight: UNOBSERVED_WEIGHT,
    userReg: affine(byUser, [IMPLICIT_REG * UNOBSERVED_WEIGHT * items, IMPLICIT_REG]),
    itemReg: affine(byItem, [IMPLICIT_REG * UNOBSERVED_WEIGHT * users, IMPLICIT_REG]),
    initial,
  };

  const results: Record<string, unknown> = {};
  for (const device of [await createWasmDevice({ threads: 1 }), createReferenceDevice()]) {
    results[device.info.kind] = {
      explicit: await explicitRun(device, explicit, test, device.info.kind === 'wasm' ? sweeps : Math.min(3, sweeps)),
      implicit: await implicitRun(device, implicit, byUser, device.info.kind === 'wasm' ? 6 : 2),
    };
    device.destroy();
  }
  console.log(JSON.stringify({ factors, sweeps, ratings: byUser.indices.length, ...results }));
}

void main(Number(process.argv[2] ?? 32), Number(process.argv[3] ?? 12));
