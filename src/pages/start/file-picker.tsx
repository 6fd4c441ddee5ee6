import { type ReactNode, useRef } from 'react';
import { type DroppedFile, pickedFiles } from './dropped-files.ts';

interface FilePickerProps {
  readonly label: string;
  readonly onFiles: (files: readonly DroppedFile[]) => void;
  /** The button that opens it. */
  readonly children: (open: () => void) => ReactNode;
}

/** The browser's own file dialog, several files at once, behind a button of ours. */
export function FilePicker({ label, onFiles, children }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      {children(() => input.current?.click())}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        onChange={(event) => {
          onFiles(pickedFiles(event.currentTarget.files));
          // The same file may be picked again.
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
