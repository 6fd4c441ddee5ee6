import { adapterName, middle, rowsOf, show, showMs, text } from './figures.ts';
import type { Section } from './section.ts';

const MODELS = [
  ['neumf', 'NeuMF'],
  ['autorec', 'AutoRec'],
] as const;
const DEVICES = ['wasm', 'webgpu', 'webgl', 'reference'] as const;
const COMMANDS = MODELS.flatMap(([model, name]) =>
  DEVICES.map((device) => ({
    id: `${model}-${device}`,
    what: `${name}, ${device}`,
    script: 'bench' as const,
    args: `--data @ml-100k.zip --model ${model} --head taste --device ${device} --epochs 3 --skip-story`,
    onGpu: device === 'webgpu' || device === 'webgl',
  })),
);

export const epochs: Section = {
  name: 'epochs',
  title: 'One epoch of the networks on every device',
  note:
    'MovieLens 100K, predicted stars, Balanced; the middle one of three epochs, one run each. RMSE after three epochs says ' +
    'that all of them learned the same; it is no result.',
  commands: COMMANDS,
  rows: (measured) =>
    COMMANDS.flatMap(({ id, what }) =>
      rowsOf(measured, id, (runs) => {
        const adapter = text(runs, 'adapter');
        return [
          {
            what: adapter === '' ? what : `${what} (${adapterName(adapter)})`,
            target: '',
            measured: `${showMs(middle(runs, 'sweepMs'))} (test RMSE ${show(middle(runs, 'rmse'), 4)})`,
            met: null,
          },
        ];
      }),
    ),
};
