import { type ReactNode, startTransition, useEffect, useState } from 'react';

/** Long enough for the browser to paint and answer a press between two turns. */
const TURN_MS = 60;

interface LaterProps {
  /** 0 comes first; each turn has a moment of its own. */
  readonly turn: number;
  /** What stands here until then is as tall, so that nothing jumps. */
  readonly height: number;
  readonly children: ReactNode;
}

/** Draws what is costly (charts measure every label) one after the other, with the page free in between. */
export function Later({ turn, height, children }: LaterProps) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => startTransition(() => setDue(true)), (turn + 1) * TURN_MS);
    return () => clearTimeout(timer);
  }, [turn]);
  return due ? children : <div style={{ minHeight: height }} />;
}
