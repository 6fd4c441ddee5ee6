import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../compute/device.ts';
import { useFormat } from '../../i18n/format.ts';
import { useEngineState } from '../../store/engine.ts';
import { Dot } from '../../ui/chip.tsx';
import { ChipPopover } from './chip-popover.tsx';
import { EngineCard } from './engine-card.tsx';
import styles from './frame.module.css';

/** "WebGPU", "2 threads SIMD": what stands after GPU or CPU. */
function useDeviceDetail(): (info: DeviceInfo) => string {
  const { t } = useTranslation('common');
  const format = useFormat();
  return (info) => {
    switch (info.kind) {
      case 'webgpu':
        return t('engine.webgpu');
      case 'webgl':
        return t('engine.webgl');
      case 'reference':
        return t('engine.reference');
      case 'wasm': {
        const threads = t('engine.threads', { count: info.threads, n: format.number(info.threads) });
        return info.simd ? `${threads} ${t('engine.simd')}` : threads;
      }
      default:
        return info.kind satisfies never;
    }
  };
}

/** Which device does the arithmetic; opens the engine card. */
export function EngineChip() {
  const { t } = useTranslation('common');
  const { report, error } = useEngineState();
  const detail = useDeviceDetail();
  const chosen = report?.chosen ?? null;
  const onGpu = chosen?.kind === 'webgpu' || chosen?.kind === 'webgl';
  const unit = onGpu ? t('engine.gpu') : t('engine.cpu');
  const said = chosen ? `${unit} ${detail(chosen)}` : error ? t('engine.unknown') : t('engine.looking');
  return (
    <ChipPopover
      label={`${t('engine.label')}: ${said}`}
      title={t('engine.title')}
      width={420}
      chip={
        <>
          <Dot tone={chosen ? 'good' : error ? 'bad' : 'plain'} />
          {chosen ? (
            <>
              <strong>{unit}</strong>
              <span className={styles.wide}>{detail(chosen)}</span>
            </>
          ) : (
            <span className={styles.narrowHidden}>{said}</span>
          )}
        </>
      }
    >
      {() => <EngineCard />}
    </ChipPopover>
  );
}
