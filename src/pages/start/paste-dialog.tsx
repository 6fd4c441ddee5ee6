import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface PasteDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onText: (text: string) => void;
}

/** A table from the clipboard, for those who have no file at hand. */
export function PasteDialog({ opened, onClose, onText }: PasteDialogProps) {
  const { t } = useTranslation(['data', 'common']);
  const [text, setText] = useState('');
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('data:paste.title')}
      size={560}
      closeButtonProps={{ 'aria-label': t('common:actions.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          onText(text);
        }}
      >
        <Textarea
          label={t('data:paste.label')}
          placeholder={t('data:paste.placeholder')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          rows={10}
          data-autofocus
          spellCheck={false}
        />
        <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 12, marginTop: 16 }}>
          <Button variant="default" onClick={onClose}>
            {t('data:paste.cancel')}
          </Button>
          <Button type="submit" disabled={text.trim() === ''}>
            {t('data:paste.read')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
