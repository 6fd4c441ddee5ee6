import { IconArrowBarToDown } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DroppedFile, droppedFiles } from './dropped-files.ts';
import styles from './start.module.css';

interface WindowDropProps {
  readonly onFiles: (files: readonly DroppedFile[]) => void;
  readonly onText: (text: string) => void;
}

function carries(event: DragEvent): boolean {
  const types = event.dataTransfer?.types ?? [];
  return types.includes('Files') || types.includes('text/plain');
}

/** The whole window takes files, folders and text, at any step of the story. */
export function WindowDrop({ onFiles, onText }: WindowDropProps) {
  const { t } = useTranslation('data');
  const [over, setOver] = useState(false);
  const handlers = useRef({ onFiles, onText });
  useEffect(() => {
    handlers.current = { onFiles, onText };
  });

  useEffect(() => {
    // Children fire leave events too: only when as many left as entered has the drag left the window.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!carries(event)) return;
      depth++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carries(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const allow = (event: DragEvent) => {
      if (carries(event)) event.preventDefault();
    };
    const drop = async (event: DragEvent) => {
      depth = 0;
      setOver(false);
      const transfer = event.dataTransfer;
      const intoField = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
      if (!transfer || (intoField && !transfer.types.includes('Files'))) return;
      event.preventDefault();
      const text = transfer.getData('text/plain');
      const files = await droppedFiles(transfer);
      if (files.length > 0) handlers.current.onFiles(files);
      else if (text.trim() !== '') handlers.current.onText(text);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', allow);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', allow);
      window.removeEventListener('drop', drop);
    };
  }, []);

  if (!over) return null;
  return (
    <div className={styles.overlay}>
      <div className={styles.overlayCard}>
        <IconArrowBarToDown className={styles.arrow} size={32} stroke={1.5} aria-hidden="true" />
        <p className={styles.dropTitle}>{t('start.release')}</p>
      </div>
    </div>
  );
}
