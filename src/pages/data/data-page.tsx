import { useProject } from '../../store/project.ts';
import { ConfirmView } from './confirm-view.tsx';
import { PortraitView } from './portrait-view.tsx';
import { ReadingView } from './reading-view.tsx';

/** Data: while reading, while a question is open, and the portrait of what is loaded. */
export default function DataPage() {
  const { phase, proposal, summary, error } = useProject();
  // What is certain starts by itself: the question is shown only where there is one, or where reading failed.
  if (phase === 'confirming' && proposal && (!proposal.plan.certain || error)) {
    return <ConfirmView proposal={proposal} error={error} />;
  }
  if (phase === 'revising' && proposal) return <ConfirmView proposal={proposal} error={error} revising />;
  if (phase === 'idle' || phase === 'restoring') {
    return summary ? <PortraitView summary={summary} error={error} /> : null;
  }
  return <ReadingView />;
}
