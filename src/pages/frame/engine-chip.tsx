import { Popover } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../compute/device.ts';
import { useFormat } from '../../i18n/format.ts';
import { useEngineState } from '../../store/engine.ts';
import { ChipButton, Dot } from '../../ui/chip.tsx';
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
  const [open, setOpen] = useState(false);
  const { report, error } = useEngineState();
  const detail = useDeviceDetail();
  const chosen = report?.chosen ?? null;
  const onGpu = chosen?.kind === 'webgpu' || chosen?.kind === 'webgl';
  const unit = onGpu ? t('engine.gpu') : t('engine.cpu');
  const said = chosen ? `${unit} ${detail(chosen)}` : error ? t('engine.unknown') : t('engine.looking');
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      width="min(420px, calc(100vw - 24px))"
      position="bottom-start"
      withinPortal
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ChipButton
          onClick={() => setOpen(!open)}
          aria-label={`${t('engine.label')}: ${said}`}
          aria-haspopup="dialog"
          aria-expanded={open}
        >
          <Dot tone={chosen ? 'good' : error ? 'bad' : 'plain'} />
          {chosen ? (
            <>
              <strong>{unit}</strong>
              <span className={styles.wide}>{detail(chosen)}</span>
            </>
          ) : (
            <span className={styles.narrowHidden}>{said}</span>
          )}
        </ChipButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('engine.title')}>
        <EngineCard />
      </Popover.Dropdown>
    </Popover>
  );
}
