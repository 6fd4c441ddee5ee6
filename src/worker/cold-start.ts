/** Measures for the page how good lists are where nothing was learned: one measurement at a time, on the device in use. */
import { AppError } from '../base/error.ts';
import { type OnProgress, throttleProgress } from '../base/progress.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { type ColdHooks, measureColdCustomers, measureColdProducts } from '../evaluate/cold-start.ts';
import type { ModelName } from '../models/recommender.ts';
import type { ColdStart, ColdStartRequest } from './api/quality.ts';
import type { TrainRequest } from './api/training.ts';
import type { Devices } from './devices.ts';
import { headsFor } from './heads.ts';
import { nextDeviceOf } from './next-device.ts';
import { answering, questionRule } from './recommend.ts';
import type { Session } from './session.ts';

/** Who is asked about new products: those who know what a product is about, and three who do not. */
const NEW_PRODUCT_ENTRANTS: readonly { readonly id: string; readonly model: ModelName; readonly settings?: object }[] =
  [
    { id: 'random', model: 'random' },
    { id: 'popularity', model: 'popularity' },
    { id: 'content', model: 'content' },
    { id: 'hybridWithout', model: 'hybrid', settings: { coldAtMost: -1 } },
    { id: 'hybrid', model: 'hybrid' },
  ];
const STEPS = 1000;

/** Rejects with what `measureColdCustomers` and `measureColdProducts` reject with, `notTrained`, `cancelled`. */
export async function measureColdStart(
  session: Session,
  devices: Pick<Devices, 'run' | 'replace' | 'roomier'>,
  request: ColdStartRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<ColdStart> {
  const { project } = session;
  const { ratings } = project;
  const { what, seed = 1 } = request;
  const throttled = throttleProgress(onProgress);
  const hooks: ColdHooks = {
    signal,
    // Without it every entrant after a loss would only say that its device is gone.
    nextDevice: nextDeviceOf(devices),
    tell: (share) => throttled({ step: 'comparing', done: share * STEPS, total: STEPS, unit: 'customers' }),
  };
  const planFor = (train: TrainRequest, device: ComputeDevice) => {
    const { choice } = headsFor(train, ratings, device, ['choice']);
    if (!choice) throw new TypeError(`${train.model} makes no lists`);
    return choice;
  };
  const result = await devices.run(async (device): Promise<ColdStart> => {
    if (what === 'customers') {
      const { summary, choice } = answering(session, request.run, 'new');
      const plan = planFor(summary.request, device);
      const rule = questionRule(choice);
      return { what, result: await measureColdCustomers({ data: ratings, seed, device, plan, rule, hooks }) };
    }
    const entrants = NEW_PRODUCT_ENTRANTS.map(({ id, model, settings }) => ({
      id,
      plan: planFor({ model, preset: 'balanced', settings: { ...settings }, seed }, device),
    }));
    return { what, result: await measureColdProducts({ data: ratings, seed, device, entrants, hooks }) };
  });
  // New data may have come in meanwhile: this tells nothing about it.
  if (!session.hasProject || session.project !== project) throw new AppError('cancelled');
  return result;
}
