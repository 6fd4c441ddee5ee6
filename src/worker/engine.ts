/** The engine: the rooms behind `EngineApi`, put together. */
import { AppError } from '../base/error.ts';
import { tryToEscape } from '../base/escape.ts';
import { threadsTryToEscape } from '../compute/detect.ts';
import { mostSimilar } from '../insight/most-similar.ts';
import { pairDetail } from '../insight/pair-detail.ts';
import { eraseProject } from '../storage/opfs.ts';
import type { EngineApi } from './api.ts';
import { searchCustomers, searchProducts } from './catalogue.ts';
import { createComparing } from './comparing.ts';
import { createDevices } from './devices.ts';
import { estimateSeconds } from './estimate.ts';
import { exportLists } from './exporting.ts';
import { headsFor, settingFields } from './heads.ts';
import { createImporting } from './importing.ts';
import { createRequestCounter } from './outside.ts';
import { heatmap, vectorsFor } from './pictures.ts';
import { preloadBackends, preloadNeural, preloadReaders } from './preload.ts';
import { customerProfile } from './profile.ts';
import { recommend, standWithout } from './recommend.ts';
import { RunKeeper } from './run-keeper.ts';
import { restoreProject, saveProject } from './saving.ts';
import { Session } from './session.ts';
import { createTraining } from './training.ts';
import { moving } from './wire.ts';

export function createEngine(): EngineApi {
  const session = new Session();
  const devices = createDevices();
  const requests = createRequestCounter();
  const importing = createImporting(session, requests.begin);
  const keeper = new RunKeeper();
  const training = createTraining(session, devices, keeper);
  const comparing = createComparing(session, devices);

  return {
    async prepare(kind, threads) {
      const [report] = await Promise.all([devices.prepare(kind, threads), preloadReaders()]);
      // Code first: a backend that is started removes what its package registered on import.
      await preloadBackends(report.findings);
      await preloadNeural(devices.opened());
      return report;
    },
    engine: devices.report,
    async chooseDevice(kind) {
      const report = await devices.choose(kind);
      await preloadNeural(devices.opened());
      return report;
    },
    testDevice: devices.test,

    async loseDevice() {
      (await devices.current()).simulateLoss?.();
    },

    inspect: importing.inspect,
    reinspect: importing.reinspect,
    load: importing.load,
    async rejectedRows() {
      return new Blob([...session.project.rejected.csv()], { type: 'text/csv;charset=utf-8' });
    },

    async settings(model, preset) {
      return settingFields(model, preset, session.project.ratings, await devices.current());
    },
    train: training.train,
    keepLine: (line) => keeper.keepLine(session.hasProject ? session.project.ratings : null, line),
    async estimate(request) {
      const { ratings } = session.project;
      const device = await devices.current();
      return estimateSeconds(headsFor(request, ratings, device), ratings, device);
    },
    trial: training.trial,
    compare: comparing.compare,
    stopComparing: comparing.stopComparing,
    async pause(run) {
      training.pause(run);
    },
    async resume(run) {
      training.resume(run);
    },
    async stop(run) {
      training.stop(run);
    },

    async searchCustomers(query, limit) {
      return searchCustomers(session.project, query, limit);
    },
    async searchProducts(query, limit) {
      return searchProducts(session.project, query, limit);
    },
    async customerById(id) {
      const { project } = session;
      const row = project.interactions.customers.ids.indexOf(id);
      if (row < 0) throw new AppError('unknownCustomer', { id });
      return customerProfile(project, row);
    },
    async customer(customer) {
      return customerProfile(session.project, customer);
    },
    recommend: (request) => recommend(session, request),
    async standWithout(request) {
      return standWithout(session, request);
    },

    async heatmap(request, onProgress, signal) {
      const result = await devices.run((device) => heatmap(session, device, request, onProgress, signal));
      const { left, right, height } = result.dendrogram;
      return moving(
        result,
        [result.values, result.rows, left, right, height].map(({ buffer }) => buffer as ArrayBuffer),
      );
    },
    async pairDetail(side, measure, a, b) {
      const { ratings, interactions } = session.project;
      return pairDetail(ratings, interactions, side, measure, a, b, vectorsFor(session, side, measure));
    },
    async mostSimilar(side, measure, row, count) {
      const { ratings, interactions } = session.project;
      return mostSimilar(ratings, interactions[side], side, measure, row, count, vectorsFor(session, side, measure));
    },

    exportLists: (request, onProgress, signal) => exportLists(session, request, onProgress, signal),

    async save() {
      const finished = session.summaries.map(({ id }) => id);
      await saveProject(session);
      for (const id of finished) await keeper.drop(id);
    },
    async restore() {
      const saved = await restoreProject(session, devices.current);
      if (!saved) return null;
      requests.begin();
      const finished = saved.runs.map(({ id }) => id);
      const { line, unfinished } = await keeper.find(session.project.ratings, finished);
      return {
        ...saved,
        line,
        unfinished: unfinished && {
          id: unfinished.id,
          epochs: unfinished.epochs,
          epoch: unfinished.checkpoint.epoch,
        },
      };
    },
    async erase() {
      session.close();
      await eraseProject();
    },
    async requestCount() {
      return requests.count();
    },
    async tryToGetOut(address) {
      const [own, threads] = await Promise.all([tryToEscape(address), threadsTryToEscape(address)]);
      return [own, ...threads].flatMap((attempts, thread) =>
        attempts.map((attempt) => ({ from: thread === 0 ? 'engine' : `thread ${thread}`, ...attempt })),
      );
    },
  };
}
