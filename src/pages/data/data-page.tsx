import { useEffect, useRef } from 'react';
import { useProject } from '../../store/project.ts';
import { ConfirmView } from './confirm-view.tsx';
import { PortraitView } from './portrait-view.tsx';
import { ReadingView } from './reading-view.tsx';

/** Data: while reading, while a question is open, and the portrait of what is loaded. */
export default function DataPage() {
  const { phase, proposal, summary, error } = useProject();
  const revising = phase === 'revising';
  const wasRevising = useRef(revising);
  useEffect(() => {
    if (wasRevising.current === revising) return;
    // The button stands far down; what it opens, and what comes after, begins at the top.
    wasRevising.current = revising;
    window.scrollTo(0, 0);
  }, [revising]);
  // What is certain starts by itself and never waits here; what a person has answered waits for that person.
  if (phase === 'confirming' && proposal) {
    return <ConfirmView proposal={proposal} error={error} />;
  }
  if (revising && proposal) return <ConfirmView proposal={proposal} error={error} revising />;
  if (phase === 'idle' || phase === 'restoring') {
    return summary ? <PortraitView summary={summary} error={error} /> : null;
  }
  return <ReadingView />;
}
