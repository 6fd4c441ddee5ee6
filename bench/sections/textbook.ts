import { adapterName, atLeast, middle, rowsOf, show, showMs, text } from './figures.ts';
import type { Section } from './section.ts';

const RATIO_DEVICES = ['webgpu', 'webgl', 'wasm', 'reference'] as const;

export const textbook: Section = {
  name: 'textbook',
  title: 'One epoch against the textbook',
  note:
    'MovieLens 100K, 32 factors, the same number of ratings, the same browser. The textbook (gather → dot → `minimize`, ' +
    'Adam, batches of 8,192) has one step timed and multiplied by the steps of an epoch; it cannot run on tfjs’ wasm ' +
    'backend, so wasm and reference stand against its cpu backend. webgpu and webgl ran on the adapter named in the row.',
  commands: RATIO_DEVICES.map((device) => ({
    id: device,
    script: 'textbook-ratio' as const,
    args: `--data @ml-100k.zip --device ${device}`,
    onGpu: device === 'webgpu' || device === 'webgl',
  })),
  rows: (measured) =>
    RATIO_DEVICES.flatMap((device) =>
      rowsOf(measured, device, (runs) => {
        const ratio = middle(runs, 'ratio');
        const [theirs, ours] = [middle(runs, 'textbookEpochMs'), middle(runs, 'epochMs')];
        const adapter = adapterName(text(runs, 'adapter'));
        return [
          {
            what: `${device} : textbook${runs.length > 0 ? ` on ${text(runs, 'backend')}` : ''}${adapter === '' ? '' : ` (${adapter})`}`,
            target: '≥ 100 ×',
            measured: `${show(ratio, 0)} × (${showMs(theirs)} : ${showMs(ours)})`,
            met: atLeast(ratio, 100),
          },
        ];
      }),
    ),
};
