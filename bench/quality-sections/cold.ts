/** New customers and new products, as bench/quality.ts measures them. */
import { type RowDraft, rowsOf } from '../sections/figures.ts';
import type { Figures, Grid, Measured, Section } from '../sections/section.ts';

interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}
interface Quality {
  readonly recall: Interval;
  readonly ndcg: Interval;
}
interface Step extends Quality {
  readonly questions: number | null;
  readonly times: number | null;
  readonly versus: { readonly p: number } | null;
}
interface Customers {
  readonly id: string;
  readonly customers: number;
  readonly steps: readonly Step[];
  readonly everything: Step;
  readonly answered: number;
}
interface Product {
  readonly id: string;
  readonly everything: Quality | null;
  readonly among: Quality | null;
  readonly warm: Quality | null;
}

const COMMANDS = [
  ['cold-ml-1m', 'MovieLens 1M', 'ml-1m.zip'],
  ['cold-books', 'books', 'goodbooks-sample.zip'],
] as const;

const NAMES: Readonly<Record<string, string>> = {
  ease: 'EASE, questions by what lists find',
  easeEntropy: 'EASE, questions by popularity × entropy',
  hybrid: 'Blend, questions by what lists find',
  random: 'Random',
  popularity: 'Bestsellers',
  content: 'By description',
  hybridWithout: 'Blend without descriptions',
};

const range = ({ mean, low, high }: Interval) => `${mean.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
const customersOf = (figures: Figures | undefined) => (figures?.['customers'] ?? []) as readonly Customers[];
const productsOf = (figures: Figures | undefined) =>
  (figures?.['products'] ?? { entrants: [] }) as { readonly entrants: readonly Product[] };

const worth = ({ recall, times, versus }: Step) =>
  `${range(recall)}${times === null ? '' : ` · ${times.toFixed(2)} ×`}${versus && versus.p >= 0.05 ? ' (could be chance)' : ''}`;

function gridsOf(measured: Measured, id: string, name: string): Grid[] {
  const [figures] = measured.get(id) ?? [];
  if (!figures) return [];
  return [
    {
      head: [`${name}, new customers: Recall@10`, 'bestsellers', '1 answer', '2 answers', '3 answers', 'all they know'],
      rows: customersOf(figures).map(({ id: model, steps, everything, answered, customers }) => [
        `${NAMES[model] ?? model} (${customers} customers, ${(100 * answered).toFixed(0)} % answered)`,
        ...[...steps, everything].map((step, at) => (at === 0 ? range(step.recall) : worth(step))),
      ]),
    },
    {
      head: [`${name}, new products: Recall@10`, 'lists of everything', 'lists of new ones alone', 'what is not new'],
      rows: productsOf(figures).entrants.map(({ id: model, everything, among, warm }) => [
        model === 'hybrid' ? 'Blend' : (NAMES[model] ?? model),
        ...[everything, among, warm].map((quality) => (quality ? range(quality.recall) : '–')),
      ]),
    },
  ];
}

/** Of the recall of what is not new. */
const MOST_LOST = 0.02;

export const cold: Section = {
  name: 'cold',
  title: 'New customers and new products: cold slices of MovieLens 1M and books',
  note:
    'New customers: a tenth leaves training whole; three quarters of what each did they can answer about, the rest is to ' +
    'be found in lists of ten that may hold anything they were not asked about. New products: a tenth of those five people ' +
    'or more chose lose every choice, and their rows are numbered at random, since the order of a file tells what was ' +
    'popular; a tenth of all other pairs is held out too and shows what listing new products costs.',
  commands: COMMANDS.map(([id, , file]) => ({ id, script: 'quality' as const, args: `cold --data @${file}` })),
  rows: (measured) =>
    COMMANDS.flatMap(([id, name]) =>
      rowsOf(measured, id, ([figures]): RowDraft[] => {
        const three = customersOf(figures).find((one) => one.id === 'ease')?.steps[3];
        const of = (entrant: string) => productsOf(figures).entrants.find((one) => one.id === entrant);
        const [without, blend] = [of('hybridWithout')?.warm?.recall.mean, of('hybrid')?.warm?.recall.mean];
        const lost = without && blend !== undefined ? 1 - blend / without : null;
        return [
          {
            what: `${name}: three answers against bestsellers`,
            target: '> 1 ×, p < 0.05',
            measured: three?.times ? `${three.times.toFixed(2)} × (p ${three.versus?.p.toFixed(3) ?? '–'})` : '–',
            met: three?.times ? three.times > 1 && (three.versus?.p ?? 1) < 0.05 : null,
          },
          {
            what: `${name}: what listing new products takes from the others`,
            target: `≤ ${(100 * MOST_LOST).toFixed(0)} %`,
            measured: lost === null ? '–' : `${(100 * lost).toFixed(1)} %`,
            met: lost === null ? null : lost <= MOST_LOST,
          },
        ];
      }),
    ),
  grids: (measured) => COMMANDS.flatMap(([id, name]) => gridsOf(measured, id, name)),
};
