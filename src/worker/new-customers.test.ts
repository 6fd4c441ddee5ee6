import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { Lister } from '../models/questions.ts';
import { measureColdStart } from './cold-start.ts';
import type { Devices } from './devices.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { learnedBy } from './learned.ts';
import { nextQuestion } from './new-customers.ts';
import { answering, recommend } from './recommend.ts';

const { session, take, train } = openRooms();
const device = createReferenceDevice();
const devices = { run: (work: Parameters<Devices['run']>[0]) => work(device) } as unknown as Devices;
const everything = () => learnedBy(session.project, {});
const model = () => answering(session, null, 'new').choice as unknown as Lister;

beforeAll(async () => {
  await take(ratingText());
  await train('r');
});

describe('somebody new', () => {
  it('is asked about things, each once, and the list follows what is liked with reasons that add up', async () => {
    const answers: { product: number; reply: 'liked' | 'disliked' | 'unknown' }[] = [];
    for (const reply of ['liked', 'disliked', 'unknown'] as const) {
      const question = nextQuestion(session.project, everything(), model(), { answers, run: null });
      if (!question) throw new TypeError('a question');
      const { product, known } = question;
      expect(answers.map((answer) => answer.product)).not.toContain(product.product);
      expect(known).toBeCloseTo(product.count / 90, 9);
      answers.push({ product: product.product, reply });
    }
    const [liked, disliked, unknown] = answers.map(({ product }) => product);
    const whatIf = { liked: [liked], disliked: [disliked] };
    const { items } = await recommend(session, { customer: null, whatIf, count: 45, run: null });
    const listed = items.map(({ product }) => product.product);
    expect(listed).toHaveLength(43);
    expect(listed).not.toContain(liked);
    expect(listed).not.toContain(disliked);
    expect(listed).toContain(unknown);
    for (const { score, reasons } of items) {
      if (!reasons?.exact) throw new TypeError('a factorization gives reasons');
      const sum = reasons.because.reduce((total, { amount }) => total + amount, reasons.baseline + reasons.others);
      expect(sum).toBeCloseTo(score, 4);
    }
    const kind = Number(session.project.interactions.products.ids[liked].slice(1)) % 3;
    const firsts = items.slice(0, 5).filter(({ product }) => Number(product.id.slice(1)) % 3 === kind);
    expect(firsts.length).toBeGreaterThanOrEqual(3);
  });

  it('is not asked about what is not there', () => {
    const answers = [{ product: 999, reply: 'liked' } as const];
    expect(() => nextQuestion(session.project, everything(), model(), { answers, run: null })).toThrow(
      expect.objectContaining({ code: 'unknownProduct' }),
    );
  });
});

describe('the measurement', () => {
  it('is of the run that answers, tells how far it is, and is given up when told to', async () => {
    const shares: number[] = [];
    const measured = await measureColdStart(
      session,
      devices,
      { what: 'customers', run: 'r' },
      ({ done, total }) => shares.push(done / (total ?? 1)),
      new AbortController().signal,
    );
    if (measured.what !== 'customers') throw new TypeError('customers');
    expect(measured.result.model).toBe('mf');
    // a tenth of ninety, those with nothing to be found among them
    expect(measured.result.customers + measured.result.skipped).toBe(9);
    expect(shares.at(-1)).toBe(1);
    await expect(
      measureColdStart(session, devices, { what: 'customers', run: 'r' }, () => undefined, AbortSignal.abort()),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('goes on where a device is lost: no entrant is told off for it', async () => {
    const broken = new Proxy(device, {
      get(target, name: keyof typeof device) {
        if (name === 'info') return { ...target.info, kind: 'webgpu' };
        const lost = () => Promise.reject(new AppError('deviceLost', { device: 'webgpu' }));
        return typeof target[name] === 'function' ? lost : target[name];
      },
    });
    let replaced = 0;
    const breaking = {
      run: (work: Parameters<Devices['run']>[0]) => work(broken),
      replace: async () => {
        replaced++;
        return device;
      },
    } as unknown as Devices;
    const request = { what: 'products', run: null } as const;
    const measured = await measureColdStart(session, breaking, request, () => undefined, new AbortController().signal);
    if (measured.what !== 'products') throw new TypeError('products');
    const codeOf = (id: string) => measured.result.entrants.find((entrant) => entrant.id === id)?.error?.code;
    expect(replaced).toBeGreaterThan(0);
    expect(measured.result.entrants.map(({ id }) => codeOf(id))).not.toContain('deviceLost');
  });
});
