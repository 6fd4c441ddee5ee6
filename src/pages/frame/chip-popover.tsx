import { Popover } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { ChipButton } from '../../ui/chip.tsx';

interface ChipPopoverProps {
  /** What the chip says to those who cannot see it; on phones it draws less than that. */
  readonly label: string;
  readonly chip: ReactNode;
  /** The name of what opens. */
  readonly title: string;
  /** At most so wide, px. */
  readonly width: number;
  /** `close` for links inside that lead away. */
  readonly children: (close: () => void) => ReactNode;
  /** For tests: the number behind what is drawn. */
  readonly requests?: number | null;
}

/** A chip of the top bar that opens its explanation. */
export function ChipPopover({ label, chip, title, width, children, requests }: ChipPopoverProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      width={`min(${width}px, calc(100vw - 24px))`}
      position="bottom-start"
      withinPortal
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ChipButton
          onClick={() => setOpen(!open)}
          aria-label={label}
          aria-haspopup="dialog"
          aria-expanded={open}
          data-requests={requests === undefined ? undefined : (requests ?? '')}
        >
          {chip}
        </ChipButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={title}>{children(() => setOpen(false))}</Popover.Dropdown>
    </Popover>
  );
}
