/** The engine: the rooms behind `EngineApi`, put together. */
import { AppError } from '../base/error.ts';
import { tryToEscape } from '../base/escape.ts';
import { threadsTryToEscape } from '../compute/detect.ts';
import { mostSimilar } from '../insight/most-similar.ts';
import { pairDetail } from '../insight/pair-detail.ts';
import type { Lister } from '../models/questions.ts';
import { eraseProject, settledSideFiles } from '../storage/opfs.ts';
import type { EngineApi } from './api.ts';
import { productCard, searchCustomers, searchProducts } from './catalogue.ts';
import { measureColdStart } from './cold-start.ts';
import { createComparing } from './comparing.ts';
import { createDevices } from './devices.ts';
import { estimateSeconds } from './estimate.ts';
import { exportLists } from './exporting.ts';
import { headsFor, settingFields } from './heads.ts';
import { createImporting } from './importing.ts';
import { learnedBy } from './learned.ts';
import { nextQuestion } from './new-customers.ts';
import { createRequestCounter } from './outside.ts';
import { heatmap, seenBy } from './pictures.ts';
import { preloadBackends, preloadNeural, preloadReaders } from './preload.ts';
import { createPricer } from './pricing.ts';
import { learnedShare, measurePrivacy, PrivacyKeeper } from './privacy.ts';
import { customerProfile } from './profile.ts';
import { answering, questionRule, recommend, standWithout } from './recommend.ts';
import { findProducts, productCategories, ReshapeKeeper } from './reshaping.ts';
import { RunKeeper } from './run-keeper.ts';
import { restoreProject, saveProject } from './saving.ts';
import { Session } from './session.ts';
import { readTestFile } from './test-file.ts';
import { topCustomers } from './top-customers.ts';
import { createTraining } from './training.ts';
import { createTuning } from './tuning.ts';
import { moving } from './wire.ts';

export function createEngine(): EngineApi {
  const session = new Session();
  const devices = createDevices();
  const requests = createRequestCounter();
  const importing = createImporting(session, requests.begin);
  const keeper = new RunKeeper();
  const privacy = new PrivacyKeeper();
  const reshape = new ReshapeKeeper();
  const training = createTraining(session, devices, keeper);
  const comparing = createComparing(session, devices);
  const pricer = createPricer(session, devices);
  const tuning = createTuning(session, devices);

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
    setHalfReads: devices.setHalfReads,

    async loseDevice() {
      (await devices.current()).simulateLoss?.();
    },

    inspect: importing.inspect,
    reinspect: importing.reinspect,
    load(onProgress, signal) {
      pricer.close();
      return importing.load(onProgress, signal);
    },
    async rejectedRows() {
      return new Blob([...session.project.rejected.csv()], { type: 'text/csv;charset=utf-8' });
    },

    async settings(model, preset) {
      return settingFields(model, preset, session.project.ratings, await devices.current());
    },
    train: training.train,
    keepLine: (line) => keeper.keepLine(session.hasProject ? session.project.ratings : null, line),
    async estimate(request) {
      const { ratings } = learnedBy(session.project, request);
      const device = await devices.current();
      return estimateSeconds(headsFor(request, ratings, device), ratings, device);
    },
    trial: training.trial,
    compare: comparing.compare,
    stopComparing: comparing.stopComparing,
    removeComparison: comparing.removeComparison,
    tune: tuning.tune,
    stopTuning: tuning.stopTuning,
    readTestFile: (inputs, onProgress, signal) => readTestFile(session, inputs, onProgress, signal),
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
    topCustomers: (request, onProgress, signal) => topCustomers(session, request, onProgress, signal),
    async standWithout(request) {
      return standWithout(session, request);
    },
    async nextQuestion(request) {
      const { choice, summary } = answering(session, request.run, 'new');
      const learned = learnedBy(session.project, summary.request);
      return 'topItemsFrom' in choice
        ? nextQuestion(session.project, learned, choice as typeof choice & Lister, request, questionRule(choice))
        : null;
    },
    measureColdStart: (request, onProgress, signal) => measureColdStart(session, devices, request, onProgress, signal),

    priceOfSettings: pricer.priceOfSettings,
    keepReshape: (settings) => reshape.keep(session, settings),
    keptReshape: () => reshape.kept(session),
    async learnedShare(settings) {
      return learnedShare(session, settings);
    },
    priceOfPrivacy: (run, onProgress, signal) => measurePrivacy(session, devices, run, onProgress, signal),
    keepPrivacy: (settings) => privacy.keep(session, settings),
    keptPrivacy: () => privacy.kept(session),
    async productCategories() {
      return productCategories(session.project);
    },
    async productCards(products) {
      const { project } = session;
      return products.filter((row) => row in project.interactions.products.ids).map((row) => productCard(project, row));
    },
    async findProducts(ids) {
      return findProducts(session.project, ids);
    },

    async heatmap(request, onProgress, signal) {
      const result = await devices.run((device) => heatmap(session, device, request, onProgress, signal));
      const { left, right, height } = result.dendrogram;
      return moving(
        result,
        [result.values, result.rows, left, right, height].map(({ buffer }) => buffer as ArrayBuffer),
      );
    },
    async pairDetail({ side, measure, run = null }, a, b) {
      const { ratings, vectors } = seenBy(session, side, measure, run);
      return pairDetail(ratings, session.project.interactions, side, measure, a, b, vectors);
    },
    async mostSimilar({ side, measure, run = null }, row, count, signal) {
      const { ratings, vectors } = seenBy(session, side, measure, run);
      const table = session.project.interactions[side];
      return mostSimilar(ratings, table, side, measure, row, count, { vectors, signal });
    },

    exportLists: (request, onProgress, signal) => exportLists(session, request, onProgress, signal),

    async save() {
      const finished = session.summaries.map(({ id }) => id);
      await saveProject(session);
      await settledSideFiles(['privacy.json', 'reshape.json']);
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
        reshape: await reshape.kept(session),
        privacy: await privacy.kept(session),
        line,
        unfinished: unfinished && {
          id: unfinished.id,
          epochs: unfinished.epochs,
          epoch: unfinished.checkpoint.epoch,
        },
      };
    },
    async erase() {
      pricer.close();
      session.close();
      privacy.forget();
      reshape.forget();
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
