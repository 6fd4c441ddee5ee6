import { type RowDraft, rowsOf, show } from './figures.ts';
import type { Figures, Section } from './section.ts';

interface ParityFigures {
  readonly device: string;
  readonly halfReads?: boolean;
  readonly rmse: number | null;
  readonly rmseDifference: number | null;
  readonly worstPrediction: number | null;
  readonly predictions: number;
  readonly sameTopTen: number | null;
  readonly customers: number;
}

const DEVICES = ['webgpu', 'webgl', 'wasm'] as const;

const find = ([run]: readonly Figures[], device: string, halfReads = false) =>
  (run?.['devices'] as ParityFigures[] | undefined)?.find(
    (one) => one.device === device && (one.halfReads ?? false) === halfReads,
  );

function factorizationRow(name: string, own: ParityFigures | undefined): RowDraft {
  return {
    what: name,
    target: 'RMSE within 0.001, predictions within 0.01, top ten of 95 %',
    measured:
      `RMSE ${show(own?.rmse ?? null, 4)}, off by ${own?.rmseDifference?.toExponential(1)}; ${own?.predictions} predictions off by ` +
      `${own?.worstPrediction?.toExponential(1)} at most; ${show((own?.sameTopTen ?? 0) * 100, 1)} % of ${own?.customers} customers`,
    met: (own?.rmseDifference ?? 1) <= 0.001 && (own?.worstPrediction ?? 1) <= 0.01 && (own?.sameTopTen ?? 0) >= 0.95,
  };
}

/** What reading in 16 bits costs in accuracy: stated, nothing is promised of it. */
const halvesRow = (name: string, runs: readonly Figures[]): RowDraft => ({
  ...factorizationRow(`${name} on webgpu, factors read in 16 bits`, find(runs, 'webgpu', true)),
  target: '',
  met: null,
});

export const parity: Section = {
  name: 'parity',
  title: 'Four devices, one answer',
  note:
    'The same seed on every device, held against the reference. Top tens are of every customer, up to ties of 0.001 in ' +
    'the score. The software adapter (SwiftShader) sets the size of these runs.',
  commands: [
    { id: 'mf', script: 'parity', args: '--data @ml-100k.zip --preset quick', onGpu: true },
    { id: 'posterior', script: 'parity', args: '--data @ml-100k.zip --preset best', onGpu: true },
    {
      id: 'neumf',
      script: 'parity',
      args: '--data @movietweetings-10k.zip --model neumf --head taste --preset quick --epochs 6',
      onGpu: true,
    },
  ],
  rows: (measured) => [
    ...rowsOf(measured, 'mf', (runs) => [
      ...DEVICES.map((device) => factorizationRow(`Factorization on ${device}, MovieLens 100K`, find(runs, device))),
      halvesRow('The same', runs),
    ]),
    ...rowsOf(measured, 'posterior', (runs) => [
      ...DEVICES.map((device) => factorizationRow(`Best (posterior) on ${device}, MovieLens 100K`, find(runs, device))),
      halvesRow('The same', runs),
    ]),
    ...rowsOf(measured, 'neumf', (runs) =>
      DEVICES.map((device) => {
        const own = find(runs, device);
        return {
          what: `NeuMF on ${device}, MovieTweetings 10K`,
          target: 'RMSE within 0.005',
          measured: `RMSE ${show(own?.rmse ?? null, 4)}, off by ${own?.rmseDifference?.toExponential(1)}`,
          met: (own?.rmseDifference ?? 1) <= 0.005,
        };
      }),
    ),
  ],
};
